package credentials_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
)

// change is a form that changes one of Ada's keys, as it is posted.
type change struct {
	path   string
	fields []string
}

// changes are all that KeyHandlers change, by what Ada is told. Each prepares
// what its form needs.
func changes() map[string]struct {
	kind outbox.Kind
	form func(k *keys, ada *visitor) change
} {
	device := func(fields func(id string) []string, under bool) func(*keys, *visitor) change {
		return func(k *keys, _ *visitor) change {
			id := string(k.remember("Clinic laptop"))
			path := "/profile/devices"
			if under {
				path += "/" + id
			}
			return change{path, fields(id)}
		}
	}
	return map[string]struct {
		kind outbox.Kind
		form func(k *keys, ada *visitor) change
	}{
		"the password": {outbox.KindPasswordChanged, func(*keys, *visitor) change {
			return change{"/profile/password", []string{"current", adasPassword, "password", "Zebra Lamp 77", "confirm", "Zebra Lamp 77"}}
		}},
		"the questions": {outbox.KindQuestionsChanged, func(k *keys, ada *visitor) change {
			page := ada.get("/profile/questions")
			return change{"/profile/questions", k.chosen(page, "Wolverhampton", "Marmalade", "Periwinkle", "Saskatoon", "Trombone")}
		}},
		"a phone, added": {outbox.KindPhoneAdded, func(k *keys, ada *visitor) change {
			sent := ada.post("/profile/phones/add", "number", "647 555 0177", "method", "text")
			return change{sent.location, []string{"code", k.digits()}}
		}},
		"a phone, confirmed": {outbox.KindPhoneAdded, func(k *keys, ada *visitor) change {
			sent := ada.post("/profile/phones", "confirm", string(k.addPhone("+16475550177", false)))
			return change{sent.location, []string{"code", k.digits()}}
		}},
		"the phones' order": {outbox.KindPhonesOrdered, func(k *keys, _ *visitor) change {
			return change{"/profile/phones", []string{"up", string(k.addPhone("+16475550177", true))}}
		}},
		"a phone, removed": {outbox.KindPhoneRemoved, func(k *keys, _ *visitor) change {
			return change{"/profile/phones/remove/" + string(k.phones()[0].ID), nil}
		}},
		"the recovery codes": {outbox.KindCodesMade, func(*keys, *visitor) change { return change{"/profile/codes", nil} }},
		"a device, forgotten": {outbox.KindDeviceForgotten, device(func(id string) []string {
			return []string{"forget", id}
		}, false)},
		"all devices, forgotten": {outbox.KindDevicesForgotten, device(func(string) []string { return []string{"all", "1"} }, false)},
		"a device's name":        {outbox.KindDeviceRenamed, device(func(string) []string { return []string{"name", "Ward 4"} }, true)},
		"a session, ended": {outbox.KindSessionsEnded, func(k *keys, ada *visitor) change {
			k.ada()
			id := ada.get("/profile/sessions").main.Find("button[name=end]").First().AttrOr("value", "")
			return change{"/profile/sessions", []string{"end", id}}
		}},
		"all other sessions, ended": {outbox.KindSessionsEnded, func(k *keys, _ *visitor) change {
			k.ada()
			return change{"/profile/sessions", []string{"others", "1"}}
		}},
	}
}

func TestEveryChangeWantsFreshProofAndTellsItsOwner(t *testing.T) {
	t.Parallel()
	for name, test := range changes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := withKeys(t)
			ada := k.freshAda()
			form := test.form(k, ada)
			links := func() int64 {
				t.Helper()
				n, err := k.d.NewSelect().Model((*db.Link)(nil)).Where("about = ?", test.kind).Count(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				return n
			}

			k.ada().post(form.path, form.fields...).wantTo(t, "/challenge")
			if to := k.told(test.kind); len(to) != 0 || links() != 0 {
				t.Errorf("without fresh proof, %v were told", to)
			}

			done := ada.post(form.path, form.fields...)
			if done.status != http.StatusSeeOther && done.status != http.StatusOK {
				t.Fatalf("answered %d: %.300s", done.status, done.said())
			}
			if to := strings.Join(k.told(test.kind), " "); !strings.Contains(to, "ada@example.ca") {
				t.Errorf("told %q, not the owner", to)
			}
			if n := links(); n != 1 {
				t.Errorf("%d links say that it was not them, want 1", n)
			}
		})
	}
}

func TestWhatChangesNothingTellsNobody(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	laptop := string(k.remember("Clinic laptop"))
	first := string(k.phones()[0].ID)
	for _, form := range []change{
		{"/profile/devices/" + laptop, []string{"name", " Clinic  laptop"}},
		{"/profile/phones", []string{"up", first}},
		{"/profile/phones", []string{"down", first}},
		{"/profile/sessions", []string{"others", "1"}},
		{"/profile/sessions", []string{"end", first}},
		{"/profile/password", []string{"check", "1", "current", adasPassword, "password", "Zebra Lamp 77", "confirm", "Zebra Lamp 77"}},
	} {
		ada.post(form.path, form.fields...)
	}
	ada.post("/profile/devices", "forget", laptop)
	ada.post("/profile/devices", "all", "1")
	all := k.mails(t)
	if len(all) != 1 || len(k.told(outbox.KindDeviceForgotten)) != 1 {
		t.Errorf("%d messages were sent, want the one of the device: %v", len(all), all)
	}
}

func TestEveryChangeOfAPasskeyTellsItsOwner(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := keyed(app)
	app.WantSent(outbox.KindPasskeyAdded, "ada@example.ca")
	page := ada.Get("/profile/passkeys")
	rename, _ := page.Find("dl a[href$='/rename']").Attr("href")
	remove, _ := page.Find("dl a[href$='/remove']").Attr("href")
	told := func(kind outbox.Kind) int { return app.Rows("messages", "kind = '"+string(kind)+"'") }

	app.Clock.Advance(11 * time.Minute)
	ada.AddPasskey(app.Device(), "Phone").WantRedirect("/challenge")
	ada.Post(rename, "name", "Ward 4").WantRedirect("/challenge")
	ada.Post(remove).WantRedirect("/challenge")
	if n := told(outbox.KindPasskeyAdded) + told(outbox.KindPasskeyRenamed) + told(outbox.KindPasskeyRemoved); n != 1 {
		t.Errorf("without fresh proof, %d messages were sent, want the one of before", n)
	}
	app.WantAudit(audit.PasskeyRenamed, 0)
}

func TestAPasskeyIsRenamed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := keyed(app)
	ada.AddPasskey(app.Device(), "Phone").WantRedirect("/profile/passkeys")
	rename, _ := ada.Get("/profile/passkeys").Find("dl a[href$='/rename']").First().Attr("href")

	ada.Get(rename).WantStatus(200).WantText("Rename the passkey “Laptop”").WantField("name", "Laptop")
	ada.Post(rename, "name", "  ").WantStatus(422).WantText("Give this passkey a name")
	ada.Post(rename, "name", strings.Repeat("é", 61)).WantStatus(422).WantText("60 characters or fewer")
	ada.Post(rename, "name", "phone").WantStatus(422).WantText("You already have a passkey with this name.").WantField("name", "phone")
	app.WantAudit(audit.PasskeyRenamed, 0)
	ada.Post(rename, "name", " Ward  4 ").WantRedirect("/profile/passkeys").Follow().WantText("The passkey is now called “Ward 4”.", "Phone")
	app.WantAudit(audit.PasskeyRenamed, 1)
	n, ok := app.WantSent(outbox.KindPasskeyRenamed, "ada@example.ca").(outbox.Notice)
	if want := (outbox.PasskeyRenamed{Before: "Laptop", Item: "Ward 4"}); !ok || n.News != want {
		t.Errorf("told %+v, want %+v", n.News, want)
	}
	ada.Post(rename, "name", "Ward 4").WantRedirect("/profile/passkeys") // nothing new
	ada.Post(rename, "name", "ward 4").WantRedirect("/profile/passkeys") // its own name, written otherwise
	app.WantAudit(audit.PasskeyRenamed, 2)

	ada.Get("/language/fr?back=/profile/passkeys").Follow().WantText("Renommer")
	ada.Get(rename).WantText("Renommer la clé d’accès « ward 4 »", "Enregistrer ce nom")
	eve := app.SignedIn(app.Account(apptest.Holder{First: "Eve", Email: "eve@example.ca"}))
	eve.Get(rename).WantStatus(404)
	eve.Post(rename, "name", "Mine").WantStatus(404)
}
