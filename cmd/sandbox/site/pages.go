package site

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Pages renders a site's pages: each file of a folder is one page, filled
// into layout.html of the same folder.
type Pages struct {
	words Words
	pages map[string]*template.Template
}

// View is what a template sees. Data is the page's own model; Common belongs
// to the layout.
type View struct {
	Lang, Other string // this language and the one the toggle leads to
	Switch      string // address of the toggle
	Page        string // name of the page, for marking the place in a menu
	Data        any
	Common      any
	words       Words
}

// T is the text of a key in the language of the page.
func (v View) T(key string, args ...any) string { return v.words.Text(v.Lang, key, args...) }

// OtherName is the other language's name for itself.
func (v View) OtherName() string {
	if v.Other == French {
		return "Français"
	}
	return "English"
}

// ReadPages parses every page of a folder.
func ReadPages(files fs.FS, folder string, words Words) (*Pages, error) {
	names, err := fs.Glob(files, folder+"/*.html")
	if err != nil {
		return nil, err
	}
	layout := folder + "/layout.html"
	p := &Pages{words: words, pages: map[string]*template.Template{}}
	for _, name := range names {
		if name == layout {
			continue
		}
		t, err := template.New("layout.html").ParseFS(files, layout, name)
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		p.pages[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return p, nil
}

// Render writes one page in a language.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, status int, lang, page string, common, data any) {
	other := French
	if lang == French {
		other = English
	}
	query := url.Values{}
	if r.Method == http.MethodGet {
		query = r.URL.Query()
	}
	query.Set("lang", other)
	view := View{Lang: lang, Other: other, Switch: r.URL.Path + "?" + query.Encode(), Page: page, Data: data, Common: common, words: p.words}
	var out bytes.Buffer
	if err := p.pages[page].Execute(&out, view); err != nil {
		http.Error(w, fmt.Sprintf("The page %s could not be drawn: %v", page, err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", lang+"-CA")
	w.WriteHeader(status)
	w.Write(out.Bytes())
}
