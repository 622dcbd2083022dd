package check

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"oneid/app/internal/secret"
	"oneid/views/form"
	"oneid/views/i18n"
)

// maxLoginBase leaves room for a number after the name: the whole stays within
// the 64 characters that the part before an @ may have anywhere.
const (
	maxLoginBase  = 58
	shortestFirst = 20 // a first name is cut to no less than this
)

//go:embed reserved-names.json
var reservedFile []byte

// LoginNames makes Login IDs of people's names. It knows which are reserved.
type LoginNames struct {
	parts, whole, joined map[string]bool
}

// NewLoginNames reads the reserved names.
func NewLoginNames() (*LoginNames, error) {
	var lists struct{ Parts, Whole, Joined []string }
	if err := json.Unmarshal(reservedFile, &lists); err != nil {
		return nil, fmt.Errorf("read reserved names: %w", err)
	}
	return &LoginNames{parts: setOf(lists.Parts), whole: setOf(lists.Whole), joined: setOf(lists.Joined)}, nil
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, entry := range list {
		set[entry] = true
	}
	return set
}

// Base is the Login ID that belongs to the names, FIRST.LAST in the letters A
// to Z, without the domain and without a number that sets equal names apart. A
// person with one name has it alone. The message tells why there is none.
func (l *LoginNames) Base(first, last string) (string, i18n.Msg) {
	first, firstOK := loginPart(first)
	last, lastOK := loginPart(last)
	if !firstOK || !lastOK || first+last == "" {
		return "", i18n.M("register.personal.name_latin")
	}
	if first == "" || last == "" {
		first, last = first+last, ""
	}
	if l.reserved(first, last) {
		return "", i18n.M("register.personal.name_reserved")
	}
	return cut(first, last), i18n.Msg{}
}

// Check is Base for a form: a fault is noted at each name it comes from.
func (l *LoginNames) Check(errs *form.Errors, firstField, lastField, first, last string) string {
	base, fault := l.Base(first, last)
	if fault.Zero() {
		return base
	}
	_, firstOK := loginPart(first)
	_, lastOK := loginPart(last)
	inLast := !lastOK || firstOK && l.partReserved(last)
	if !firstOK || !inLast {
		errs.Add(firstField, fault)
	}
	if inLast {
		errs.Add(lastField, fault)
	}
	return ""
}

// loginPart folds one name to A-Z and single inner hyphens. It is not ok when
// something in it has no such reading.
func loginPart(name string) (string, bool) {
	var out strings.Builder
	for _, r := range secret.FoldLatin(TidyName(name)) {
		switch {
		case r >= 'A' && r <= 'Z':
			out.WriteRune(r)
		case strings.ContainsRune("-‐‑‒–—", r):
			if out.Len() > 0 && !strings.HasSuffix(out.String(), "-") {
				out.WriteByte('-')
			}
		case strings.ContainsRune(" '’‘ʼ.", r):
		default:
			return "", false
		}
	}
	part := strings.TrimRight(out.String(), "-")
	return part, part != "" || name == ""
}

func cut(first, last string) string {
	if last == "" {
		return strings.TrimRight(first[:min(len(first), maxLoginBase)], "-")
	}
	if len(first)+1+len(last) > maxLoginBase {
		first = first[:min(len(first), max(shortestFirst, maxLoginBase-1-len(last)))]
		first = strings.TrimRight(first, "-")
		last = last[:min(len(last), maxLoginBase-1-len(first))]
		last = strings.TrimRight(last, "-")
	}
	return first + "." + last
}

func (l *LoginNames) reserved(first, last string) bool {
	whole := first
	if last != "" {
		whole += "." + last
	}
	return l.parts[plainPart(first)] || l.parts[plainPart(last)] || l.whole[whole] || l.joined[plainPart(first)+plainPart(last)]
}

func (l *LoginNames) partReserved(name string) bool {
	part, _ := loginPart(name)
	return l.parts[plainPart(part)]
}

func plainPart(part string) string { return strings.ReplaceAll(part, "-", "") }

// Far reports whether preferred names have so little in common with the legal
// ones that a registration agent should look: it could be someone else's name.
// Legal names in other letters than Latin can't be compared and are never far.
func Far(legalFirst, legalMiddle, legalLast, first, last string) bool {
	legal := nameWords(legalFirst + " " + legalMiddle + " " + legalLast)
	if legal == nil {
		return false
	}
	return !related(nameWords(last), legal) || !related(nameWords(first), legal)
}

// nameWords are the words of a name in A-Z, nil if it can't be written so.
func nameWords(name string) []string {
	var out []string
	for _, word := range strings.FieldsFunc(TidyName(name), func(r rune) bool { return strings.ContainsRune(" -‐‑.", r) }) {
		part, ok := loginPart(word)
		if !ok {
			return nil
		}
		if part != "" {
			out = append(out, part)
		}
	}
	return out
}

func related(preferred, legal []string) bool {
	for _, p := range preferred {
		for _, l := range legal {
			if p == l || nickname(p, l) || len(p) >= 3 && len(l) >= 3 && (strings.Contains(p, l) || strings.Contains(l, p) || alike(p, l)) {
				return true
			}
		}
	}
	return false
}

// alike reports whether two names begin alike or differ in few letters, as
// "Mike" and "Michael" or "Pria" and "Priya" do.
func alike(a, b string) bool {
	if a[:2] == b[:2] {
		return true
	}
	return 3*distance(a, b) <= max(len(a), len(b))
}

// distance is the number of letters to insert, drop or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func nickname(a, b string) bool {
	return slices.Contains(nicknames[a], b)
}

// nicknames lists short forms that look nothing like the name they stand for.
var nicknames = map[string][]string{
	"BILL": {"WILLIAM"}, "BILLY": {"WILLIAM"}, "BOB": {"ROBERT"}, "BOBBY": {"ROBERT"}, "DICK": {"RICHARD"}, "RICK": {"RICHARD"},
	"TED": {"EDWARD", "THEODORE", "EDMUND"}, "NED": {"EDWARD"}, "JACK": {"JOHN"}, "CHUCK": {"CHARLES"}, "HANK": {"HENRY"},
	"HARRY": {"HENRY", "HAROLD"}, "JIM": {"JAMES"}, "JIMMY": {"JAMES"}, "TONY": {"ANTHONY", "ANTOINE", "ANTONIO"}, "SANDY": {"ALEXANDER", "ALEXANDRA"},
	"PEGGY": {"MARGARET"}, "MEG": {"MARGARET"}, "DAISY": {"MARGARET"}, "MOLLY": {"MARY"}, "POLLY": {"MARY"}, "SALLY": {"SARAH"},
	"NELL": {"HELEN", "ELEANOR"}, "NELLIE": {"HELEN", "ELEANOR"}, "BETTY": {"ELIZABETH"}, "BESS": {"ELIZABETH"}, "LIZ": {"ELIZABETH"}, "LISA": {"ELIZABETH"},
	"KATE": {"CATHERINE"}, "KATHY": {"CATHERINE"}, "CATHY": {"KATHERINE"}, "BECKY": {"REBECCA"}, "GINNY": {"VIRGINIA"}, "DOT": {"DOROTHY"},
	"NANCY": {"ANNE", "ANN"}, "TRICIA": {"PATRICIA"}, "PADDY": {"PATRICK"}, "KIT": {"CHRISTOPHER"}, "JERRY": {"GERALD"}, "MANON": {"MARIE"},
	"GUY": {"GUILLAUME"}, "NINA": {"ANNA"}, "SASHA": {"ALEXANDER", "ALEXANDRA"}, "VANYA": {"IVAN"}, "PEPE": {"JOSE"}, "PACO": {"FRANCISCO"},
}
