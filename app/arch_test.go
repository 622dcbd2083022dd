package app_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the name that our own imports begin with.
const module = "oneid/"

// mostLines is how long a file that people write may be.
const mostLines = 400

// arrow says which of our packages a package may import. Patterns are those of
// path.Match, with "/**" at the end for the folder and everything below it.
type arrow struct {
	from string
	to   []string
}

// arrows is the order of the house: the first that fits a package holds. A
// package that none fits is a mistake, so that a new one is thought about.
func arrows() []arrow {
	screens := []string{"views/i18n", "views/form", "views/ui", "views/layout"}
	mechanisms := []string{"app/internal/*", "db", "db/reference"}
	return []arrow{
		{"cmd/oneid", []string{"app", "app/config", "db"}},
		{"cmd/sandbox/**", []string{"app/config", "db/embedded", "cmd/sandbox/**"}},

		{"app", []string{"app/**", "db", "db/reference", "saml", "saml/findings", "static", "views/**"}},
		{"app/config", nil},
		{"app/internal/clock", nil},
		{"app/internal/secret", []string{"app/internal/clock"}},
		{"app/internal/fault", []string{"views/i18n"}},
		{"app/internal/verdict", append([]string{"views/i18n", "saml"}, mechanisms...)},
		{"app/internal/release", append([]string{"saml"}, mechanisms...)},
		{"app/internal/policy", nil},
		{"app/internal/check", []string{"app/internal/secret", "views/form", "views/i18n"}},
		// audit only to say where a request came from; never db itself.
		{"app/internal/web", append([]string{"app/internal/fault", "app/internal/audit"}, screens...)},
		{"app/internal/access", append([]string{"app/internal/*", "db", "views/session"}, screens...)},
		{"app/internal/audit", []string{"app/internal/secret", "db"}},
		{"app/internal/throttle", []string{"app/internal/clock", "db"}},
		{"app/internal/delivery", append([]string{"views/mail", "views/i18n"}, mechanisms...)},
		{"app/internal/apptest/**", []string{"app", "app/**", "db/**", "saml/**", "views/**"}},
		// question also judges the form that sets them.
		{"app/internal/question", append([]string{"views/form", "views/i18n"}, mechanisms...)},
		// password also judges what is being typed, for the fields that views/ui draws.
		{"app/internal/password", append([]string{"views/form", "views/i18n", "views/ui"}, mechanisms...)},
		{"app/internal/samlkey", append([]string{"saml"}, mechanisms...)},
		{"app/internal/*", append([]string{"views/i18n"}, mechanisms...)},
		// Capabilities: a folder of screens has the name of its capability.
		{"app/college", slices.Concat([]string{"views/college", "views/existing", "saml"}, mechanisms, screens)},
		{"app/register", slices.Concat([]string{"views/register", "views/existing"}, mechanisms, screens)},
		{"app/sso", slices.Concat([]string{"views/sso", "saml"}, mechanisms, screens)},
		{"app/metadata", slices.Concat([]string{"views/metadata"}, mechanisms, screens)},
		{"app/services", slices.Concat([]string{"views/services", "saml", "saml/findings"}, mechanisms, screens)},
		{"app/*", slices.Concat([]string{"views/="}, mechanisms, screens)},

		{"views/i18n", nil},
		{"views/form", []string{"views/i18n"}},
		{"views/ui", []string{"views/form", "views/i18n"}},
		{"views/layout", []string{"views/ui", "views/form", "views/i18n", "static"}},
		{"views/mail", []string{"views/i18n"}},
		{"views/gallery/**", []string{"views/**", "static"}},
		{"views/*", screens},

		{"saml/**", []string{"saml/**"}},
		{"static/**", []string{"static/**"}},
		{"db", nil},
		{"db/embedded", nil},
		{"db/reference", []string{"db"}},
		{"db/dbtest/**", []string{"db", "db/embedded", "db/dbtest"}},
		{"db/fixture", []string{"db", "db/reference", "app/internal/secret"}},
		{"tools/**", nil},
		{"e2e/**", nil},
		{"bench/**", []string{"app/config", "bench/**", "saml/**"}},
	}
}

// door says who may import a library; its users elsewhere go through them.
type door struct {
	library string
	to      []string // patterns of folders, or of files where they end in .go
}

func doors() []door {
	return []door{
		// bun.IDB, the pool or a transaction, is also how rules pass them on:
		// TestOnlyDBSpeaksBun holds the others to that one name.
		{"github.com/uptrace/bun", []string{"db/**", "app/**"}},
		{"github.com/uptrace/bun/", []string{"db/**"}},
		{"github.com/crewjam/saml", []string{"saml/**", "cmd/sandbox/**", "bench/sso"}},
		{"github.com/russellhaering/goxmldsig", []string{"saml/**", "cmd/sandbox/**"}},
		{"github.com/a-h/templ", []string{"views/**", "app/internal/web"}},
		{"github.com/alexedwards/scs", []string{"app/internal/access"}},
		{"github.com/riverqueue/river", []string{"db", "app/internal/outbox", "app/internal/delivery", "app/internal/apptest", "app"}},
		{"github.com/gin-gonic/gin", []string{"app", "app/internal/web", "app/internal/access", "app/*/handlers*.go", "app/internal/*/handlers*.go"}},
		{"github.com/caarlos0/env", []string{"app/config"}},
		{"github.com/alecthomas/kong", []string{"cmd/oneid"}},
		{"github.com/nicksnyder/go-i18n", []string{"views/i18n"}},
		{"github.com/wneessen/go-mail", []string{"app/internal/delivery"}},
		{"github.com/nyaruka/phonenumbers", []string{"app/internal/check"}},
		{"github.com/go-webauthn/", []string{"app/internal/passkey"}},
		{"github.com/miekg/pkcs11", []string{"app/internal/token"}},
	}
}

func TestImportsFollowTheHouse(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if strings.HasSuffix(f.name, "_test.go") {
			continue // tests drive the whole app from anywhere
		}
		rule := ruleFor(f.folder())
		if rule == nil {
			t.Errorf("%s: no arrow in arch_test.go says what package %s may import", f.name, f.folder())
			continue
		}
		for _, spec := range f.imports() {
			if ours, ok := strings.CutPrefix(spec, module); ok {
				if !allowed(rule, f.folder(), ours) {
					t.Errorf("%s imports %s, which package %s may not", f.name, ours, f.folder())
				}
				continue
			}
			for _, d := range doors() {
				if enters(spec, d.library) && !slices.ContainsFunc(d.to, f.is) {
					t.Errorf("%s imports %s, whose door is elsewhere: %v", f.name, spec, d.to)
				}
			}
		}
	}
}

func TestTheArrowsRefuseWhatTheyShould(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"app/signin", "views/signin", true},
		{"app/signin", "app/internal/access", true},
		{"app/signin", "views/register", false},
		{"app/signin", "app/register", false},
		{"app/signin", "app/config", false},
		{"app/signin", "saml", false},
		{"app/sso", "saml", true},
		{"app/internal/access", "app/signin", false},
		{"app/internal/web", "db", false},
		{"app/internal/audit", "app", false},
		{"views/signin", "db", false},
		{"views/ui", "views/layout", false},
		{"saml/xmlsig", "db", false},
		{"db", "app/config", false},
		{"cmd/oneid", "app/signin", false},
		{"cmd/sandbox/portal", "saml", false},
	} {
		if got := allowed(ruleFor(test.from), test.from, test.to); got != test.want {
			t.Errorf("%s may import %s: %v, want %v", test.from, test.to, got, test.want)
		}
	}
}

func TestOnlyDBSpeaksBun(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.is("db/**") || strings.HasSuffix(f.name, "_test.go") || !slices.Contains(f.imports(), "github.com/uptrace/bun") {
			continue
		}
		ast.Inspect(f.parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "bun" && s.Sel.Name != "IDB" {
					t.Errorf("%s uses bun.%s: queries are functions of package db", f.name, s.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestFilesStayReadable(t *testing.T) {
	t.Parallel()
	walk(t, func(name string, body []byte) {
		switch path.Ext(name) {
		case ".go", ".templ", ".mjs":
		default:
			return
		}
		if lines := bytes.Count(body, []byte("\n")); lines > mostLines && !generated(body) {
			t.Errorf("%s has %d lines, %d at most", name, lines, mostLines)
		}
	})
}

func TestPackagesAreNamedForWhatTheyProvide(t *testing.T) {
	t.Parallel()
	vague := []string{"util", "utils", "common", "helper", "helpers", "misc", "base", "core", "types", "models"}
	documented, seen := map[string]bool{}, map[string]bool{}
	for _, f := range sources(t) {
		if slices.Contains(vague, f.parsed.Name.Name) || slices.Contains(vague, path.Base(f.folder())) {
			t.Errorf("%s: a package named %s says nothing", f.name, f.parsed.Name.Name)
		}
		seen[f.folder()] = true
		if f.parsed.Doc != nil {
			documented[f.folder()] = true
		}
	}
	for folder := range seen {
		if !documented[folder] {
			t.Errorf("package %s has no comment that says what it is for", folder)
		}
	}
}

func ruleFor(folder string) *arrow {
	for _, a := range arrows() {
		if match(a.from, folder) {
			return &a
		}
	}
	return nil
}

// allowed reads "views/=" as the screens of the capability's own name.
func allowed(rule *arrow, folder, imported string) bool {
	return slices.ContainsFunc(rule.to, func(pattern string) bool {
		return match(strings.Replace(pattern, "=", path.Base(folder), 1), imported)
	})
}

func enters(spec, library string) bool {
	if strings.HasSuffix(library, "/") {
		return strings.HasPrefix(spec, library)
	}
	// The root package alone has a door of its own where a "/" one is listed.
	return spec == library || strings.HasPrefix(spec, library+"/") && library != "github.com/uptrace/bun"
}

func match(pattern, name string) bool {
	if top, ok := strings.CutSuffix(pattern, "/**"); ok {
		return name == top || strings.HasPrefix(name, top+"/")
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

type source struct {
	name   string // from the module's root, with slashes
	parsed *ast.File
}

func (s source) folder() string { return path.Dir(s.name) }

func (s source) is(pattern string) bool {
	if strings.HasSuffix(pattern, ".go") {
		return match(pattern, s.name)
	}
	return match(pattern, s.folder())
}

func (s source) imports() []string {
	var paths []string
	for _, spec := range s.parsed.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	walk(t, func(name string, body []byte) {
		if path.Ext(name) != ".go" {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, body, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		all = append(all, source{name: name, parsed: parsed})
	})
	if len(all) < 50 {
		t.Fatalf("found %d Go files: looked in the wrong place", len(all))
	}
	return all
}

func walk(t *testing.T, visit func(name string, body []byte)) {
	t.Helper()
	root := ".."
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch entry.Name() {
			case "node_modules", "var", "bin", "testdata", "vendor", ".git":
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(name) {
		case ".go", ".templ", ".mjs":
		default:
			return nil
		}
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		visit(filepath.ToSlash(relative), body)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func generated(body []byte) bool {
	head, _, _ := bytes.Cut(body, []byte("\npackage "))
	return bytes.Contains(head, []byte("Code generated")) && bytes.Contains(head, []byte("DO NOT EDIT"))
}
