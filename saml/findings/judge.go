package findings

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"oneid/saml"
	"oneid/saml/strictxml"
)

const (
	metadataNS  = "urn:oasis:names:tc:SAML:2.0:metadata"
	protocolNS  = "urn:oasis:names:tc:SAML:2.0:protocol"
	signatureNS = "http://www.w3.org/2000/09/xmldsig#"
	uiNS        = "urn:oasis:names:tc:SAML:metadata:ui"

	maxEntityID = 256
)

// How near an end is soon, and how far one is late.
const (
	soon = 30 * 24 * time.Hour
	late = 2 * 365 * 24 * time.Hour
)

// judge collects findings on the way through a document.
type judge struct {
	doc  []byte
	now  time.Time
	opts saml.ReadOptions
	list []Finding
}

func (j *judge) add(weight Weight, code Code, line int, item string) {
	j.list = append(j.list, Finding{Code: code, Weight: weight, Line: line, Item: clip(item)})
}

func (j *judge) dated(weight Weight, code Code, line int, item string, date time.Time) {
	j.list = append(j.list, Finding{Code: code, Weight: weight, Line: line, Item: clip(item), Date: date})
}

func (j *judge) counted(weight Weight, code Code, line int, item string, n int) {
	j.list = append(j.list, Finding{Code: code, Weight: weight, Line: line, Item: clip(item), Number: n})
}

// Judge finds all that is wrong or unwise in a service's metadata, the gravest
// first, else in the order of the document. An empty list means that it is as
// it should be.
func Judge(doc []byte, now time.Time, opts saml.ReadOptions) []Finding {
	j := &judge{doc: doc, now: now, opts: opts}
	if j.text() {
		j.structure()
	}
	if !Stops(j.list) {
		_, err := saml.ReadServiceProvider(doc, now, opts)
		var refusal *saml.Refusal
		if errors.As(err, &refusal) && !j.has(SeveralOfIt) {
			j.add(Refused, Other, 0, string(refusal.Code)+": "+refusal.Detail)
		}
	}
	slices.SortStableFunc(j.list, func(a, b Finding) int { return rank(a.Weight) - rank(b.Weight) })
	return j.list
}

func rank(w Weight) int {
	return slices.Index([]Weight{Refused, Warning, Advice}, w)
}

func (j *judge) has(code Code) bool {
	return slices.ContainsFunc(j.list, func(f Finding) bool { return f.Code == code })
}

// text judges the document as a text; false means that there is nothing more to
// read.
func (j *judge) text() bool {
	trimmed := bytes.TrimSpace(j.doc)
	head := bytes.ToLower(trimmed[:min(len(trimmed), 1024)])
	switch {
	case len(trimmed) == 0:
		j.add(Refused, Empty, 0, "")
		return false
	case bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html")):
		j.add(Refused, WebPage, 1, "")
		return false
	}
	if at := bytes.Index(j.doc, []byte("PRIVATE KEY-----")); at >= 0 {
		j.add(Refused, PrivateKey, j.line(int64(at)), "")
	}
	err := strictxml.Check(j.doc, strictxml.Metadata())
	var v *strictxml.Violation
	if !errors.As(err, &v) {
		return err == nil
	}
	code, known := gate()[v.Code]
	if !known {
		code = Other
	}
	line := j.line(v.Offset)
	switch v.Code {
	case strictxml.NotUTF8:
		line = j.line(firstOdd(j.doc))
	case strictxml.TooLarge, strictxml.DoesNotSurviveTrips:
		line = 0
	}
	item := ""
	if code != TooLarge && code != NotUTF8 {
		item = j.quote(v.Offset)
	}
	if code == Other {
		item = v.Detail
	}
	j.add(Refused, code, line, item)
	return false
}

// quote is the tag, or the text, that stands at an offset.
func (j *judge) quote(offset int64) string {
	rest := j.doc[min(max(int(offset), 0), len(j.doc)):]
	if end := bytes.IndexByte(rest, '>'); end >= 0 && bytes.HasPrefix(rest, []byte("<")) {
		rest = rest[:end+1]
	}
	const most = 60
	if len(rest) > most {
		rest = append(rest[:most:most], "…"...)
	}
	return string(rest)
}

// gate says how the gate's reasons are explained.
func gate() map[strictxml.Code]Code {
	return map[strictxml.Code]Code{
		strictxml.TooLarge: TooLarge, strictxml.NotUTF8: NotUTF8, strictxml.Malformed: NotXML, strictxml.DTD: DTD,
		strictxml.Instruction: Instruction, strictxml.CDATA: CDATA, strictxml.TooDeep: TooComplex,
		strictxml.TooManyElements: TooComplex, strictxml.TooManyAttributes: TooComplex, strictxml.BadNamespace: Namespace,
		strictxml.PrefixRedeclared: Namespace, strictxml.PrefixUndeclared: NoPrefix, strictxml.AttributePollution: Foreign,
		strictxml.ForeignElement: Foreign, strictxml.DuplicateAttribute: Twice, strictxml.DuplicateID: TwiceID,
		strictxml.DuplicateSingleton: Twice, strictxml.DoesNotSurviveTrips: Ambiguous,
	}
}

func (j *judge) line(offset int64) int {
	to := min(max(int(offset), 0), len(j.doc))
	return 1 + bytes.Count(j.doc[:to], []byte("\n"))
}

// firstOdd is where a text stops being UTF-8.
func firstOdd(doc []byte) int64 {
	for i := 0; i < len(doc); {
		r, n := utf8.DecodeRune(doc[i:])
		if r == utf8.RuneError && n <= 1 {
			return int64(i)
		}
		i += n
	}
	return 0
}

// structure judges what the document describes.
func (j *judge) structure() {
	root := grow(j.doc)
	if root == nil {
		j.add(Refused, NotXML, 0, "")
		return
	}
	if !root.is(metadataNS, "EntityDescriptor") && !root.is(metadataNS, "EntitiesDescriptor") {
		j.add(Refused, WrongRoot, root.line, root.local)
		return
	}
	j.signature(root)
	found := services(root, nil)
	switch {
	case len(found) == 0:
		j.noService(root)
		return
	case len(found) > 1:
		j.counted(Advice, SeveralOfIt, root.line, "", len(found))
		return
	}
	j.dates(found[0])
	j.entity(found[0].entity)
	j.role(found[0].entity, found[0].role)
	j.people(found[0].entity, found[0].role)
}

// service is an entity with the role of one, and the elements around it.
type service struct {
	around       []*element
	entity, role *element
}

func services(e *element, around []*element) []service {
	if e.is(metadataNS, "EntityDescriptor") {
		if role := e.first(metadataNS, "SPSSODescriptor"); role != nil {
			return []service{{around, e, role}}
		}
		return nil
	}
	var found []service
	for _, c := range e.children {
		if c.is(metadataNS, "EntityDescriptor") || c.is(metadataNS, "EntitiesDescriptor") {
			found = append(found, services(c, append(slices.Clone(around), e))...)
		}
	}
	return found
}

func (j *judge) noService(root *element) {
	for _, role := range []string{"IDPSSODescriptor", "AttributeAuthorityDescriptor", "AuthnAuthorityDescriptor", "PDPDescriptor"} {
		if found := root.below(metadataNS, role); len(found) > 0 {
			j.add(Refused, OtherRole, found[0].line, role)
			return
		}
	}
	j.add(Refused, NoService, root.line, "")
}

// dates judges every validUntil that applies.
func (j *judge) dates(s service) {
	said := false
	for _, e := range append(slices.Clone(s.around), s.entity, s.role) {
		raw, ok := e.attr("validUntil")
		if !ok {
			continue
		}
		said = true
		until, err := readTime(raw)
		switch {
		case err != nil:
			j.add(Refused, BadDate, e.line, raw)
		case !j.now.Before(until):
			j.dated(Refused, Expired, e.line, raw, until)
		case until.Sub(j.now) < soon:
			j.dated(Warning, EndsSoon, e.line, raw, until)
		case until.Sub(j.now) > late:
			j.dated(Advice, EndsLate, e.line, raw, until)
		}
	}
	if !said {
		j.add(Advice, NoEnd, s.entity.line, "")
	}
}

func readTime(raw string) (time.Time, error) {
	raw = strings.TrimSpace(raw)
	t, err := time.Parse(time.RFC3339Nano, raw)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05.999999999", raw)
	}
	return t, err
}

func (j *judge) entity(e *element) {
	id, ok := e.attr("entityID")
	switch {
	case !ok || strings.TrimSpace(id) == "":
		j.add(Refused, NoEntityID, e.line, "")
	case len(id) > maxEntityID:
		j.counted(Refused, LongEntityID, e.line, id, len(id))
	case strings.TrimSpace(id) != id:
		j.add(Refused, PaddedID, e.line, id)
	case !strings.Contains(id, ":"):
		j.add(Advice, EntityNoURI, e.line, id)
	}
}

func (j *judge) role(entity, role *element) {
	spoken, _ := role.attr("protocolSupportEnumeration")
	if !slices.Contains(strings.Fields(spoken), protocolNS) {
		j.add(Refused, NotSAML2, role.line, spoken)
	}
	for _, name := range []string{"AuthnRequestsSigned", "WantAssertionsSigned"} {
		if raw, ok := role.attr(name); ok && !slices.Contains([]string{"true", "false", "1", "0"}, raw) {
			j.add(Refused, NotAFlag, role.line, name+"=\""+raw+"\"")
		}
	}
	j.replies(role)
	j.logout(role)
	j.keys(role)
}

func clip(s string) string {
	const most = 120
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
