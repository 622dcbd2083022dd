package viewer

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"

	"oneid/cmd/sandbox/site"
)

const (
	sessionCookie = "viewer"
	sessionLife   = time.Hour
	resultLife    = 2 * time.Minute
	usedLife      = time.Hour
	maxResponse   = 512 << 10
)

// Received is what a viewer knows from one response.
type Received struct {
	OK           bool                `json:"ok"`
	Error        string              `json:"error,omitempty"`
	Status       []string            `json:"status,omitempty"` // status codes, outermost first
	Message      string              `json:"message,omitempty"`
	At           time.Time           `json:"at"`
	Unsolicited  bool                `json:"unsolicited"`
	RelayState   string              `json:"relayState"`
	NameID       string              `json:"nameId,omitempty"`
	NameIDFormat string              `json:"nameIdFormat,omitempty"`
	SessionIndex string              `json:"sessionIndex,omitempty"`
	AuthnContext string              `json:"authnContext,omitempty"`
	AuthnInstant string              `json:"authnInstant,omitempty"`
	Attributes   map[string][]string `json:"attributes,omitempty"`
	Assertion    string              `json:"assertion,omitempty"` // pretty-printed
	Response     string              `json:"response"`            // as received, decoded

	names []string // attribute names in the order received
	full  saml.NameID
}

// result is a judged response that waits for its browser.
type result struct {
	received Received
	browser  string // empty: the response answers no request
	at       time.Time
}

type refusedReason struct {
	Key      string
	Reason   string
	Received *Received
	Status   string // key of the status in words
}

func (v *Viewer) fail(w http.ResponseWriter, r *http.Request, status int, why refusedReason) {
	log.Printf("%s: %s %s: %s %s", v.name, r.Method, r.URL.Path, why.Key, why.Reason)
	v.show(w, r, status, "problem", why)
}

// postACS judges a response. The session cookie is not here (see the package
// comment), so the outcome waits for the browser under a one-time name.
func (v *Viewer) postACS(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxResponse)
	if err := r.ParseForm(); err != nil {
		v.fail(w, r, http.StatusBadRequest, refusedReason{Key: "problem.response", Reason: err.Error()})
		return
	}
	received, was := v.judge(r)
	v.mu.Lock()
	v.last = &received
	v.mu.Unlock()
	if !received.OK {
		v.fail(w, r, http.StatusForbidden, refusedReason{Key: "problem.response", Reason: received.Error, Received: &received, Status: statusKey(received.Status)})
		return
	}
	name := site.Token()
	v.mu.Lock()
	for old, kept := range v.results {
		if v.now().Sub(kept.at) > resultLife {
			delete(v.results, old)
		}
	}
	v.results[name] = result{received: received, browser: was.browser, at: v.now()}
	v.mu.Unlock()
	http.Redirect(w, r, "/saml/finish?r="+url.QueryEscape(name), http.StatusSeeOther)
}

// judge runs every check on a posted response.
func (v *Viewer) judge(r *http.Request) (Received, pending) {
	received := Received{At: v.now().UTC(), RelayState: r.PostForm.Get("RelayState")}
	refuse := func(err error) (Received, pending) {
		received.Error = err.Error()
		return received, pending{}
	}
	message, err := base64.StdEncoding.DecodeString(r.PostForm.Get("SAMLResponse"))
	if err != nil {
		return refuse(errors.New("the response is not base64"))
	}
	received.Response = string(message)
	claim, err := read(message, &received)
	if err != nil {
		return refuse(err)
	}
	received.Unsolicited = claim == ""
	var was pending
	if !received.Unsolicited {
		// A response uses up its request, whatever becomes of it.
		v.mu.Lock()
		found, known := v.asked[claim]
		delete(v.asked, claim)
		v.mu.Unlock()
		if !known {
			return refuse(errors.New("the response answers a request this viewer did not make, or one already answered"))
		}
		if found.relay != received.RelayState {
			return refuse(errors.New("the RelayState is not the one sent"))
		}
		was = found
	}
	assertion, err := v.verify(r, message, claim)
	if err != nil {
		return refuse(err)
	}
	if err := v.useOnce(assertion.ID); err != nil {
		return refuse(err)
	}
	received.fill(assertion)
	received.OK = true
	return received, was
}

// read takes from a response, unverified, what request it claims to answer and
// what its status is. Nothing else of it is believed before verify.
func read(message []byte, received *Received) (claim string, err error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(message); err != nil || doc.Root() == nil {
		return "", errors.New("the response is not XML")
	}
	root := doc.Root()
	for code := root.FindElement("./Status/StatusCode"); code != nil; code = code.SelectElement("StatusCode") {
		received.Status = append(received.Status, code.SelectAttrValue("Value", ""))
	}
	if said := root.FindElement("./Status/StatusMessage"); said != nil {
		received.Message = said.Text()
	}
	claims := map[string]bool{root.SelectAttrValue("InResponseTo", ""): true}
	for _, data := range root.FindElements(".//SubjectConfirmationData") {
		claims[data.SelectAttrValue("InResponseTo", "")] = true
	}
	if len(claims) > 1 {
		return "", errors.New("the response and its assertion answer different requests")
	}
	return root.SelectAttrValue("InResponseTo", ""), nil
}

// verify has the library judge the response, once more with fresh metadata if
// it refuses, since the product may have changed its keys.
func (v *Viewer) verify(r *http.Request, message []byte, claim string) (*saml.Assertion, error) {
	var last error
	for _, fresh := range []bool{false, true} {
		sp, err := v.party(r, fresh)
		if err != nil {
			return nil, err
		}
		// The library does not check InResponseTo when this is set; read has
		// made sure that there is none.
		sp.AllowIDPInitiated = claim == ""
		assertion, err := sp.ParseXMLResponse(message, []string{claim}, sp.AcsURL)
		if err == nil {
			if len(assertion.Conditions.AudienceRestrictions) == 0 {
				return nil, errors.New("the assertion is restricted to no audience")
			}
			return assertion, nil
		}
		last = err
		var invalid *saml.InvalidResponseError
		if errors.As(err, &invalid) {
			last = invalid.PrivateErr
		}
	}
	return nil, last
}

// useOnce refuses an assertion seen before.
func (v *Viewer) useOnce(id string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for old, until := range v.used {
		if v.now().After(until) {
			delete(v.used, old)
		}
	}
	if _, seen := v.used[id]; seen {
		return errors.New("the assertion has been used before")
	}
	v.used[id] = v.now().Add(usedLife)
	return nil
}

// fill takes over what a verified assertion says.
func (r *Received) fill(a *saml.Assertion) {
	if a.Subject != nil && a.Subject.NameID != nil {
		r.NameID, r.NameIDFormat, r.full = a.Subject.NameID.Value, a.Subject.NameID.Format, *a.Subject.NameID
	}
	for _, s := range a.AuthnStatements {
		r.SessionIndex = s.SessionIndex
		r.AuthnInstant = s.AuthnInstant.UTC().Format(time.RFC3339)
		if s.AuthnContext.AuthnContextClassRef != nil {
			r.AuthnContext = s.AuthnContext.AuthnContextClassRef.Value
		}
	}
	r.Attributes = map[string][]string{}
	for _, statement := range a.AttributeStatements {
		for _, attribute := range statement.Attributes {
			if _, seen := r.Attributes[attribute.Name]; !seen {
				r.names = append(r.names, attribute.Name)
			}
			for _, value := range attribute.Values {
				r.Attributes[attribute.Name] = append(r.Attributes[attribute.Name], value.Value)
			}
		}
	}
	r.Assertion = pretty(r.Response)
}

// pretty lays out the assertion of a response for reading.
func pretty(response string) string {
	doc := etree.NewDocument()
	if err := doc.ReadFromString(response); err != nil || doc.Root() == nil {
		return response
	}
	shown := doc.Root()
	if assertion := shown.FindElement("./Assertion"); assertion != nil {
		shown = assertion
	}
	out := etree.NewDocument()
	out.SetRoot(shown.Copy())
	out.Indent(2)
	text, err := out.WriteToString()
	if err != nil {
		return response
	}
	return strings.TrimSpace(text)
}

// getFinish gives the session to the browser that began.
func (v *Viewer) getFinish(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("r")
	v.mu.Lock()
	waiting, ok := v.results[name]
	delete(v.results, name)
	v.mu.Unlock()
	if !ok || v.now().Sub(waiting.at) > resultLife {
		v.fail(w, r, http.StatusGone, refusedReason{Key: "problem.gone"})
		return
	}
	c, err := r.Cookie(browserCookie)
	if waiting.browser != "" && (err != nil || c.Value != waiting.browser) {
		v.fail(w, r, http.StatusForbidden, refusedReason{Key: "problem.browser"})
		return
	}
	session := site.Token()
	v.mu.Lock()
	for old, kept := range v.sessions {
		if v.now().Sub(kept.At) > sessionLife {
			delete(v.sessions, old)
		}
	}
	v.sessions[session] = waiting.received
	v.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (v *Viewer) getLast(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	last := v.last
	v.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.Encode(last)
}
