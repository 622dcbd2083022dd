package credentials

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/access"
	"oneid/app/internal/browser"
	"oneid/app/internal/fault"
	"oneid/app/internal/passkey"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/credentials"
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// PasskeyHandlers answers what a browser asks about a person's own passkeys.
type PasskeyHandlers struct {
	Keys     *passkey.Keys
	Rules    *Passkeys
	Sessions *access.Manager
	Site     *web.Site
}

const (
	passkeysPath   = "/profile/passkeys"
	addPasskeyPath = passkeysPath + "/add"
)

// Mount adds the routes, which signedIn guards. Whatever changes something asks
// for fresh proof first.
func (h *PasskeyHandlers) Mount(signedIn gin.IRoutes) {
	fresh := h.Sessions.Fresh(h.Site)
	signedIn.GET(passkeysPath, h.Site.Handle(h.getPasskeys))
	signedIn.GET(addPasskeyPath, fresh, h.Site.Handle(h.getAdd))
	signedIn.POST(addPasskeyPath, fresh, h.Site.Handle(h.postAdd))
	// What the device answers belongs to an exchange that fresh proof began.
	signedIn.POST(passkeysPath+"/made", h.Site.Handle(h.postMade))
	signedIn.GET(passkeysPath+"/made", h.Site.Handle(func(c *gin.Context) error { return web.Next(c, addPasskeyPath) }))
	signedIn.GET(passkeysPath+"/:id/rename", fresh, h.Site.Handle(h.getRename))
	signedIn.POST(passkeysPath+"/:id/rename", fresh, h.Site.Handle(h.postRename))
	signedIn.GET(passkeysPath+"/:id/remove", fresh, h.Site.Handle(h.getRemove))
	signedIn.POST(passkeysPath+"/:id/remove", fresh, h.Site.Handle(h.postRemove))
}

func (h *PasskeyHandlers) getPasskeys(c *gin.Context) error {
	ctx := c.Request.Context()
	s := h.Sessions.Current(ctx)
	all, err := h.Keys.List(ctx, s.Who.Account)
	if err != nil {
		return err
	}
	cooling, err := h.Rules.Cooling(ctx, s)
	if err != nil {
		return err
	}
	said := h.Sessions.TakeSaid(ctx)
	page := view.Passkeys(view.PasskeysModel{
		Passkeys: shownPasskeys(all), Full: len(all) >= passkey.Most, Since: cooling.Since, Until: cooling.Until,
	})
	page.Flash = said
	return web.Render(c, http.StatusOK, page)
}

func shownPasskeys(all []passkey.Passkey) []view.Passkey {
	shown := make([]view.Passkey, len(all))
	for i, p := range all {
		shown[i] = view.Passkey{
			ID: string(p.ID), Name: p.Name, Synced: p.Synced, Provider: p.Provider, AddedAt: p.AddedAt, UsedAt: p.UsedAt,
		}
	}
	return shown
}

// passkeyName is what a person calls a passkey, and where they go once they have
// it: empty for the list of them.
type passkeyName struct {
	Name string `form:"name"`
	Then string `form:"then"`
}

// maxPasskeyName bounds a passkey's name.
const maxPasskeyName = 60

func (f *passkeyName) Check(errs *form.Errors) {
	f.Name = strings.Join(strings.Fields(f.Name), " ")
	switch {
	case f.Name == "":
		errs.Add("name", i18n.M("credentials.passkeys.name_missing"))
	case utf8.RuneCountInString(f.Name) > maxPasskeyName:
		errs.Add("name", i18n.M("credentials.passkeys.name_long", "Max", maxPasskeyName))
	}
}

func (h *PasskeyHandlers) getAdd(c *gin.Context) error {
	ctx := c.Request.Context()
	f := passkeyName{Then: c.Query("then")}
	kept := h.Sessions.TakeKept(ctx, addPasskeyPath)
	if kept != nil {
		f.Name, f.Then = first(kept["name"]), first(kept["then"])
	} else {
		f.Name = browser.Name(web.Agent(ctx))
	}
	return h.renderAdd(c, http.StatusOK, f, nil)
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func (h *PasskeyHandlers) renderAdd(c *gin.Context, status int, f passkeyName, errs *form.Errors) error {
	return web.Render(c, status, view.AddPasskey(view.AddPasskeyModel{
		Name: f.Name, MaxName: maxPasskeyName, Then: web.LocalPath(f.Then, ""), Errors: errs,
		Start: addPasskeyPath, Action: passkeysPath + "/made",
	}))
}

// postAdd begins: it answers the page's script. The form it comes from is only
// shown where there is script.
func (h *PasskeyHandlers) postAdd(c *gin.Context) error {
	var f passkeyName
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	var exchange passkey.Exchange
	if !errs.Any() {
		var outcome passkey.Outcome
		browser := h.Sessions.Browser(ctx)
		exchange, outcome, err = h.Rules.Start(ctx, h.Sessions.Current(ctx), f.Name, browser)
		if err != nil {
			return err
		}
		passkeyRefusal(errs, outcome)
	}
	switch scripted := strings.Contains(c.GetHeader("Accept"), "application/json"); {
	case !scripted:
		return h.renderAdd(c, http.StatusUnprocessableEntity, f, errs)
	case errs.Any():
		c.JSON(http.StatusUnprocessableEntity, gin.H{"error": errs.All()[0].Msg.In(ctx)})
	default:
		c.JSON(http.StatusOK, exchange)
	}
	return nil
}

// passkeyRefusal says why a passkey was not added, if it was not.
func passkeyRefusal(errs *form.Errors, o passkey.Outcome) {
	switch o {
	case passkey.Open, passkey.Added, passkey.Renamed:
	case passkey.NameUsed:
		errs.Add("name", i18n.M("credentials.passkeys.name_twice"))
	case passkey.Full:
		errs.Add("passkey", i18n.M("credentials.passkeys.full"))
	case passkey.Known:
		errs.Add("passkey", i18n.M("credentials.passkeys.known"))
	case CoolingDown:
		errs.Add("passkey", i18n.M("credentials.passkeys.cooling"))
	default:
		errs.Add("passkey", i18n.M("credentials.passkeys.failed"))
	}
}

// passkeyMade is what the device made.
type passkeyMade struct {
	passkeyName
	passkey.Form
}

func (h *PasskeyHandlers) postMade(c *gin.Context) error {
	var f passkeyMade
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	browser := h.Sessions.Browser(ctx)
	name, outcome, err := h.Rules.Add(ctx, h.Sessions.Current(ctx), browser, f.Form)
	if err != nil {
		return err
	}
	if passkeyRefusal(errs, outcome); errs.Any() {
		return h.renderAdd(c, http.StatusUnprocessableEntity, f.passkeyName, errs)
	}
	if then := web.LocalPath(f.Then, ""); then != "" {
		return web.Leave(c, then)
	}
	h.Sessions.Say(ctx, ui.Done(i18n.M("credentials.passkeys.added", "Item", name)))
	return web.Next(c, passkeysPath)
}

// own finds one of the person's passkeys by the address.
func (h *PasskeyHandlers) own(c *gin.Context) (passkey.Passkey, error) {
	ctx := c.Request.Context()
	all, err := h.Keys.List(ctx, h.Sessions.Current(ctx).Who.Account)
	if err != nil {
		return passkey.Passkey{}, err
	}
	for _, p := range all {
		if string(p.ID) == c.Param("id") {
			return p, nil
		}
	}
	return passkey.Passkey{}, fault.New(fault.NotFound, nil)
}

func (h *PasskeyHandlers) getRename(c *gin.Context) error {
	p, err := h.own(c)
	if err != nil {
		return err
	}
	typed := p.Name
	kept := h.Sessions.TakeKept(c.Request.Context(), c.Request.URL.Path)
	if kept != nil {
		typed = first(kept["name"])
	}
	return renderRename(c, http.StatusOK, p, typed, nil)
}

func renderRename(c *gin.Context, status int, p passkey.Passkey, typed string, errs *form.Errors) error {
	return web.Render(c, status, view.RenamePasskey(view.RenamePasskeyModel{
		Name: p.Name, Typed: typed, MaxName: maxPasskeyName, Action: passkeysPath + "/" + string(p.ID) + "/rename", Errors: errs,
	}))
}

func (h *PasskeyHandlers) postRename(c *gin.Context) error {
	var f passkeyName
	errs, err := web.Decode(c, &f)
	if err != nil {
		return err
	}
	p, err := h.own(c)
	switch {
	case err != nil:
		return err
	case web.SwitchingLanguage(c):
		return renderRename(c, http.StatusOK, p, f.Name, nil)
	case errs.Any():
		return renderRename(c, http.StatusUnprocessableEntity, p, f.Name, errs)
	}
	ctx := c.Request.Context()
	outcome, err := h.Rules.Rename(ctx, h.Sessions.Current(ctx), p.ID, f.Name)
	switch {
	case errors.Is(err, db.ErrNotFound):
		// Removed in another tab: the list shows that it is gone.
		return web.Next(c, passkeysPath)
	case err != nil:
		return err
	case outcome == CoolingDown:
		return web.Next(c, passkeysPath)
	}
	if passkeyRefusal(errs, outcome); errs.Any() {
		return renderRename(c, http.StatusUnprocessableEntity, p, f.Name, errs)
	}
	h.Sessions.Say(ctx, ui.Done(i18n.M("credentials.passkeys.renamed", "Item", f.Name)))
	return web.Next(c, passkeysPath)
}

func (h *PasskeyHandlers) getRemove(c *gin.Context) error {
	p, err := h.own(c)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.RemovePasskey(view.RemovePasskeyModel{
		Name: p.Name, Action: passkeysPath + "/" + string(p.ID) + "/remove",
	}))
}

func (h *PasskeyHandlers) postRemove(c *gin.Context) error {
	ctx := c.Request.Context()
	name, waits, err := h.Rules.Remove(ctx, h.Sessions.Current(ctx), db.PasskeyID(c.Param("id")), h.Sessions.EndOthers)
	switch {
	case errors.Is(err, db.ErrNotFound):
		// Removed in another tab: the list shows that it is gone.
		return web.Next(c, passkeysPath)
	case err != nil:
		return err
	case waits:
		return web.Next(c, passkeysPath)
	}
	h.Sessions.Say(ctx, ui.Done(i18n.M("credentials.passkeys.removed", "Item", name)))
	return web.Next(c, passkeysPath)
}
