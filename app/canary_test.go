package app_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/saml/samltest"
)

// canaries are texts that occur nowhere else, one for each thing that somebody
// states, types or sends on the way to an account and into a service.
func canaries() map[string]string {
	return map[string]string{
		"number": "987213", "first": "Quetzalina", "middle": "Wolpertinger", "last": "Zyzzogeton", "born": "1951-07-23",
		"name id":   "nameid-axolotl-7731",
		"preferred": "Xylophena", "preferred middle": "Yaffleby", "preferred last": "Vexillary", "email": "vexillary.9@quagga.example",
		"contact": "5550171", "extension": "83641", "challenge": "5550182", "second challenge": "5550193", "licence": "ZQ77193",
		"answer 1": "Wartburg kombi", "answer 2": "Zebedee", "answer 3": "Thaumatology", "answer 4": "Balthasaria", "answer 5": "Ignatzius",
		"password": "Quixotic marl 83 heron", "first password": "quokkaonly", "second password": "Vespertine 44 gnu", "confirm": "Vespertine 45 gnu",
		"bad first": "Xy1lophena", "bad last": "Vexi$$llary", "bad email": "vexillary.at.quagga", "bad contact": "416-yakyak", "bad extension": "quagga1",
		"bad challenge": "900-5550164", "refused answer": "Zyzzogeton himself", "tampered last": "Ptarmigan", "tampered born": "1949-02-03",
		"login attempt": "Narwhalish", "password attempt": "Okapi 55 winter", "password as login": "Pangolin 66 spring",
		"live password": "Salamandrine 12", "preview first": "Tatzelwurma", "preview last": "Umbrettish",
		"query": "querykakapo", "path": "pathlemur", "referer": "refererdugong", "cookie": "cookiegecko", "wrong code": "384756",
		"subject": "subjectmarkhor", "language back": "backnumbat", "college query": "collegeibex", "journey": "journeycaracal", "csp": "cspbinturong",
		"switched login": "loginpademelon", "switched password": "passwordsaola",
	}
}

// found tells whether a text holds a canary: as it is, in any case, or as the
// text of its bytes in hexadecimal or base64.
func found(text, canary string) bool {
	if strings.Contains(strings.ToLower(text), strings.ToLower(canary)) {
		return true
	}
	if strings.Contains(text, hex.EncodeToString([]byte(canary))) {
		return true
	}
	for shift := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + canary))
		// The first and last characters also hold bits of the neighbours.
		if core := encoded[(shift*8+5)/6 : len(encoded)-4]; len(core) >= 6 && strings.Contains(text, core) {
			return true
		}
	}
	return false
}

// noise are long runs of hexadecimal, where a short canary of digits could
// stand by chance.
var noise = regexp.MustCompile(`[0-9a-f-]{24,}`)

func TestNothingPersonalLiesInClear(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	said := canaries()
	goThrough(t, app, said)

	dump := app.Dump()
	quietDump := noise.ReplaceAllStringFunc(dump, func(run string) string {
		for _, canary := range said {
			if strings.Contains(run, hex.EncodeToString([]byte(canary))) {
				return run
			}
		}
		return ""
	})
	// The Login ID is made of the preferred names, and is looked up.
	for _, id := range []string{"XYLOPHENA.VEXILLARY", "xylophena.vexillary"} {
		quietDump = strings.ReplaceAll(quietDump, id, "")
	}
	log := noise.ReplaceAllString(app.Logged(), "")
	if len(log) == 0 || len(quietDump) < 10000 || app.Rows("accounts", "") != 1 || app.Rows("river_job", "") == 0 {
		t.Fatal("there is nothing to search")
	}
	if len(said) < 50 {
		t.Errorf("%d canaries, want 50", len(said))
	}
	for what, canary := range said {
		if found(log, canary) {
			t.Errorf("the log holds the %s %q", what, canary)
		}
		if found(quietDump, canary) {
			t.Errorf("the database holds the %s %q in %s", what, canary, where(quietDump, canary))
		}
	}
}

// where names the table whose rows hold a text.
func where(dump, text string) string {
	for _, table := range strings.Split(dump, "\n-- ")[1:] {
		if name, rows, _ := strings.Cut(table, "\n"); found(rows, text) {
			return name
		}
	}
	return "?"
}

// goThrough registers somebody, with every mistake there is to make, and takes them
// into a service.
func goThrough(t *testing.T, app *apptest.App, said map[string]string) {
	t.Helper()
	b := app.Browser()
	b.Get("/register?q="+said["query"], apptest.With("Referer", "https://x.example/"+said["referer"]), apptest.With("Cookie", "other="+said["cookie"]))
	b.Get("/" + said["path"]).WantStatus(404)
	b.Get("/language/en?back=/" + said["language back"])
	b.Get("/register?college=" + said["college query"])
	b.Get("/sso/continue?j=" + said["journey"])
	member := apptest.Member{
		Number: said["number"], First: said["first"], Middle: said["middle"], Last: said["last"], Gender: "F",
		BirthDate: said["born"], Class: "independent_practice", Status: "active", Language: "en",
	}
	answer := app.Answer(b.AskCollege(apptest.CPSO), member)
	answer.NameID = said["name id"]
	b.Return(apptest.CPSO, app.CPSO().Respond(answer)).WantRedirect("/register/policies")

	b.Fill("policies")
	personal := []string{
		"preferred_first", said["preferred"], "middle", said["preferred middle"], "preferred_last", said["preferred last"],
		"email", said["email"], "phone", "416-" + said["contact"], "extension", said["extension"],
	}
	b.Fill("personal", "preferred_first", said["bad first"], "preferred_last", said["bad last"], "email", said["bad email"],
		"phone", said["bad contact"], "extension", said["bad extension"]).WantStatus(422)
	b.Post("/register/personal/login-id", "preferred_first", said["preview first"], "preferred_last", said["preview last"]).WantStatus(200)
	b.Fill("personal", append(personal, "last", said["tampered last"], "birth_date", said["tampered born"])...).WantRedirect("/register/profession")
	b.Fill("profession", "rows", "1", "college_1", "cno", "number_1", said["licence"]).WantRedirect("/register/questions")
	answers := []string{}
	for i := range 5 {
		n := string(rune('1' + i))
		answers = append(answers, "answer_"+n, said["answer "+n])
	}
	b.Fill("questions", append([]string{"answer_5", said["refused answer"]}, answers[:8]...)...).WantStatus(422)
	b.Fill("questions", answers...).WantRedirect("/register/phone")
	b.Fill("phone", "phone_1_number", said["bad challenge"]).WantStatus(422)
	b.Fill("phone", "phone_1_number", "416-"+said["challenge"], "test", "1").WantStatus(200)
	app.Deliver()
	if len(app.Texts()) != 1 {
		t.Error("no test code went out")
	}
	b.Fill("phone", "phone_1_number", "416-"+said["challenge"], "phone_1_code", said["wrong code"], "confirm", "1").WantStatus(422)
	b.Fill("phone", "phones", "2", "phone_1_number", "416-"+said["challenge"], "phone_2_number", "647-"+said["second challenge"],
		"phone_2_method", "call").WantRedirect("/register/mail")
	b.Fill("mail")
	b.Fill("review").WantRedirect("/register/password")
	b.Post("/password/check/register", "password", said["live password"]).WantStatus(200)
	b.Fill("password", "password", said["first password"], "confirm", said["first password"]).WantStatus(422)
	b.Fill("password", "password", said["second password"], "confirm", said["confirm"]).WantStatus(422)
	b.Fill("password", "password", said["password"], "confirm", said["password"]).WantRedirect("/register/complete")
	b.Get("/register/complete").WantStatus(200).WantText("XYLOPHENA.VEXILLARY")

	b.Post("/signin", "loginid", said["switched login"], "password", said["switched password"], "switch_language", "fr").WantStatus(200)
	b.Post("/signin", "loginid", said["login attempt"], "password", said["password attempt"]).WantStatus(422)
	b.Post("/signin", "loginid", said["password as login"], "password", "x").WantStatus(422)
	b.Post("/signin", "loginid", "xylophena.vexillary", "password", said["password"]).WantRedirect("/challenge")
	app.Clock.Advance(time.Minute) // codes to one number keep apart
	b.Get("/challenge").ByText("+1416" + strings.ReplaceAll(said["challenge"], "-", "")).WantStatus(303)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b.Open(viewer, samltest.Ask{}).WantStatus(200).Seen(viewer)
	b.Open(viewer, samltest.Ask{Edit: subject(said["subject"])}).WantStatus(200).Seen(viewer)
	report := b.Request("POST", "/csp-report", url.Values{})
	report.Header.Set("Content-Type", "application/csp-report")
	b.Do(report)
	b.Get("/csp-report?" + said["csp"])
	app.Deliver()
	b.Post("/signout")
	app.WantIntact()
}
