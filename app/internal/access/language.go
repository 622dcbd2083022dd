package access

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	"oneid/views/i18n"
)

// languageCookie holds the language chosen in this browser. It is no secret and
// scripts may read it.
const languageCookie = "lang"

const languageCookieAge = 365 * 24 * time.Hour

// languageOf picks: the browser's choice, the account's, what the browser asks
// for.
func (m *Manager) languageOf(r *http.Request, s Session) i18n.Lang {
	if c, err := r.Cookie(languageCookie); err == nil {
		if lang, ok := known(c.Value); ok {
			return lang
		}
	}
	if lang, ok := known(s.Who.Language); ok {
		return lang
	}
	return i18n.Negotiate(r.Header.Get("Accept-Language"))
}

func known(code string) (i18n.Lang, bool) {
	lang := i18n.Lang(code)
	return lang, lang == i18n.EN || lang == i18n.FR
}

// speak puts the language under ctx, switching it first when the language
// button posted the form.
func (m *Manager) speak(w http.ResponseWriter, r *http.Request, s Session) context.Context {
	lang := m.languageOf(r, s)
	if chosen, ok := web.ChosenLanguage(w, r); ok {
		lang = chosen
		m.rememberLanguage(w, lang)
	}
	return i18n.With(r.Context(), m.catalog, lang)
}

func (m *Manager) rememberLanguage(w http.ResponseWriter, lang i18n.Lang) {
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: string(lang), Path: "/", MaxAge: int(languageCookieAge / time.Second),
		SameSite: http.SameSiteLaxMode, Secure: m.settings.Secure,
	})
}

// getLanguage switches the language and goes back to the page it was asked on.
func (m *Manager) getLanguage(c *gin.Context) error {
	lang, ok := known(strings.ToLower(c.Param("lang")))
	if !ok {
		return fault.New(fault.NotFound, nil)
	}
	m.rememberLanguage(c.Writer, lang)
	return web.Next(c, web.LocalPath(c.Query("back"), "/"))
}

// KeepLanguage takes over a person's language in a browser where none was
// chosen. It returns the language to go on in.
func (m *Manager) KeepLanguage(w http.ResponseWriter, r *http.Request, s Session) i18n.Lang {
	lang := m.languageOf(r, s)
	if _, err := r.Cookie(languageCookie); err != nil {
		if _, ok := known(s.Who.Language); ok {
			m.rememberLanguage(w, lang)
		}
	}
	return lang
}
