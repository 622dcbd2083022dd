package site

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/BurntSushi/toml"
)

// The two languages every page is written in.
const (
	English = "en"
	French  = "fr"
)

const langCookie = "lang"

// Words are a site's texts, by language and key.
type Words map[string]map[string]string

// ReadWords reads en.toml and fr.toml, flat files of key = "text", from a
// folder. Both must hold the same keys.
func ReadWords(files fs.FS, folder string) (Words, error) {
	words := Words{}
	for _, lang := range []string{English, French} {
		texts := map[string]string{}
		if _, err := toml.DecodeFS(files, folder+"/"+lang+".toml", &texts); err != nil {
			return nil, fmt.Errorf("words in %s: %w", lang, err)
		}
		words[lang] = texts
	}
	for key := range words[English] {
		if words[French][key] == "" {
			return nil, fmt.Errorf("words: %q has no French", key)
		}
	}
	for key := range words[French] {
		if words[English][key] == "" {
			return nil, fmt.Errorf("words: %q has no English", key)
		}
	}
	return words, nil
}

// Text is the text of a key in a language, with %s and the like filled in. A
// missing key shows itself, which the page tests look for.
func (w Words) Text(lang, key string, args ...any) string {
	text, ok := w[lang][key]
	if !ok {
		return "?" + key + "?"
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Lang is the language of a request: the one chosen before, else the
// fallback if given, else what the browser prefers.
func Lang(r *http.Request, fallback string) string {
	if c, err := r.Cookie(langCookie); err == nil && (c.Value == English || c.Value == French) {
		return c.Value
	}
	if fallback == English || fallback == French {
		return fallback
	}
	for part := range strings.SplitSeq(strings.ToLower(r.Header.Get("Accept-Language")), ",") {
		switch tag := strings.TrimSpace(part); {
		case strings.HasPrefix(tag, French):
			return French
		case strings.HasPrefix(tag, English):
			return English
		}
	}
	return English
}

// ChooseLanguage answers ?lang= on any page: it remembers the choice and shows
// the page again without the parameter.
func ChooseLanguage(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		lang := query.Get("lang")
		if r.Method != http.MethodGet || (lang != English && lang != French) {
			h.ServeHTTP(w, r)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: langCookie, Value: lang, Path: "/", MaxAge: 31536000, SameSite: http.SameSiteLaxMode, HttpOnly: true})
		query.Del("lang")
		// A path that begins with two slashes would lead to another host.
		to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: query.Encode()}
		http.Redirect(w, r, to.String(), http.StatusSeeOther)
	})
}
