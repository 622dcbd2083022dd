package layout

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// title is what the tab, the history and a screen reader call the page.
func title(ctx context.Context, p ui.Page) string {
	var t string
	if p.Step != nil && p.Step.Caption.Zero() {
		t = i18n.T(ctx, "layout.page.title_step", "Step", p.Step.Number, "Total", p.Step.Total, "Title", p.Step.Name)
	} else {
		t = i18n.T(ctx, "layout.page.title", "Title", p.Title)
	}
	if p.Errors.Any() {
		return i18n.T(ctx, "ui.errors.title_prefix", "Title", t)
	}
	return t
}

func description(ctx context.Context, p ui.Page) string {
	if !p.Description.Zero() {
		return p.Description.In(ctx)
	}
	return i18n.T(ctx, "layout.page.summary")
}

func layoutClass(p ui.Page) string {
	switch p.Frame {
	case ui.Wizard:
		return "layout has-steps"
	case ui.Account:
		return "layout nav"
	case ui.Desk:
		return "layout desk"
	case ui.Full:
		return "layout full"
	}
	return "layout"
}

// bodyClass is the class of the column that the body stands in; forms are one
// narrow column of larger type, everything else uses the width there is.
func bodyClass(p ui.Page) templ.Attributes {
	switch p.Frame {
	case ui.Plain, ui.Wizard:
		return templ.Attributes{"class": "form column"}
	}
	return nil
}

func hasRail(p ui.Page) bool {
	return p.Rail != nil || p.Step != nil && len(p.Step.All) > 0
}

// within is the context that the frame and the body are drawn in.
func within(ctx context.Context, p ui.Page, swapped bool) context.Context {
	if swapped {
		ctx = ui.Swapped(ctx)
	}
	if p.Errors.Any() {
		ctx = ui.Refused(ctx)
	}
	return ctx
}

// themed draws the first paint in the colours chosen on this device.
func themed(ctx context.Context) templ.Attributes {
	if theme := frame(ctx).Theme; theme != "" {
		return templ.Attributes{"data-theme": string(theme)}
	}
	return nil
}

// spoken are what the scripts say, in the language of the page.
func spoken(ctx context.Context) templ.Attributes {
	return templ.Attributes{
		"data-saving":  i18n.T(ctx, "ui.status.saving"),
		"data-slow":    i18n.T(ctx, "ui.status.slow"),
		"data-offline": i18n.T(ctx, "layout.banner.offline"),
		"data-online":  i18n.T(ctx, "layout.banner.online"),
	}
}

// IsSignedIn tells whether pages are drawn for somebody who is signed in.
func IsSignedIn(ctx context.Context) bool { return viewer(ctx).SignedIn }

func signedIn(ctx context.Context) templ.Attributes {
	if IsSignedIn(ctx) {
		return templ.Attributes{"data-signed-in": "true"}
	}
	return nil
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// minutesLeft rounds to whole minutes: nobody needs "2.5".
func minutesLeft(t *Timeout) int { return max(1, int((t.warn()+30*time.Second)/time.Minute)) }

// startPage is what a screen reader hears after the brand.
func startPage(ctx context.Context) string {
	return strings.TrimPrefix(i18n.T(ctx, "layout.header.brand_label"), i18n.StandingOf(ctx).Brand)
}
