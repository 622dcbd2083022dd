package layout

import (
	"context"
	"net/url"
	"strings"
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// Viewer is who looks at the page.
type Viewer struct {
	Name, LoginID string
	SignedIn      bool
	Menu          []MenuItem // the account menu, and the sections at the left of Account pages
}

// MenuItem leads to a section of the account or to a console.
type MenuItem struct {
	Label i18n.Msg
	Href  string
	Icon  string
	// Within are further addresses that belong to the section.
	Within []string
}

// FrameInfo is what the request and the deployment contribute to a page.
type FrameInfo struct {
	Path        string    // of the page, with its query: where the language switch comes back to
	Environment string    // "sandbox" shows the practice banner; "production" hides the demonstration notice
	Version     string    // shown in the footer
	Timeout     *Timeout  // set while a session can end for want of activity
	Flash       ui.Flash  // said once, after what it tells about has happened
	Notice      i18n.Msg  // an operator's banner, such as planned maintenance
	Now         time.Time // for the few parts that show a time
	Theme       Theme     // the colours chosen on this device
}

// Theme is which colours a page is drawn in; empty follows the device.
type Theme string

// ThemeCookie remembers the theme on a device. The page's script sets it; a
// cookie, so that the first paint needs no script.
const ThemeCookie = "theme"

// ThemeOf is the theme that a cookie names, empty for any other value.
func ThemeOf(value string) Theme {
	switch value {
	case "light", "dark":
		return Theme(value)
	}
	return ""
}

// Timeout describes when the session ends and how to go on.
type Timeout struct {
	Left   time.Duration // until the session ends if nothing happens
	Warn   time.Duration // how long before that the dialog opens; zero: 2.5 minutes
	At     time.Time     // the moment itself, for the words
	Capped bool          // the end is the longest a session may last: it cannot be moved
	Extend string        // POST here keeps the session; answers with TimeoutState. Empty: /session/extend
	Leave  string        // POST here signs out. Empty: /signout
	Ended  string        // the page that says the session has ended. Empty: /session/ended
}

type (
	viewerKey struct{}
	frameKey  struct{}
)

// WithViewer says who looks at the page. Without it, nobody is signed in.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// WithFrame adds what the request and the deployment contribute.
func WithFrame(ctx context.Context, f FrameInfo) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

// WithFlash has the page say what has just happened.
func WithFlash(ctx context.Context, said ui.Flash) context.Context {
	f := frame(ctx)
	f.Flash = said
	return WithFrame(ctx, f)
}

func viewer(ctx context.Context) Viewer {
	v, _ := ctx.Value(viewerKey{}).(Viewer)
	return v
}

func frame(ctx context.Context) FrameInfo {
	f, _ := ctx.Value(frameKey{}).(FrameInfo)
	return f
}

// current is the index of the section that a page belongs to: the one whose
// address the page's begins with, the longest if there are several; -1 for none.
func current(menu []MenuItem, path string) int {
	path, _, _ = strings.Cut(path, "?")
	found, longest := -1, 0
	for i, item := range menu {
		for _, within := range append([]string{item.Href}, item.Within...) {
			if (path == within || strings.HasPrefix(path, within+"/")) && len(within) > longest {
				found, longest = i, len(within)
			}
		}
	}
	return found
}

// switchPath is where the language link leads: it stores the choice and comes
// back to this page.
func switchPath(ctx context.Context) string {
	back := frame(ctx).Path
	if back == "" {
		back = "/"
	}
	return "/language/" + string(i18n.LangOf(ctx).Other()) + "?" + url.Values{"back": {back}}.Encode()
}

const usualWarning = 150 * time.Second

func (t Timeout) warn() time.Duration {
	if t.Warn > 0 {
		return t.Warn
	}
	return usualWarning
}

func or(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}

// region is the live region that says a flash.
func region(f ui.Flash) string {
	if f.Urgent() {
		return "#alert"
	}
	return "#status"
}
