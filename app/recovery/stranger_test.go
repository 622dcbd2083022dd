package recovery_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
)

// What differs between any two visits.
var (
	ids    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	digits = regexp.MustCompile(`(press|Press|pressed|class="digit">) ?[0-8]`)
	asked  = regexp.MustCompile(`(?s)<label class="label" for="answer_[12]">.*?</label>`)
	marks  = regexp.MustCompile(`[CDFGHJKMNPQRTVWXY2-9]{3}-[CDFGHJKMNPQRTVWXY2-9]{3}`)
	shown  = regexp.MustCompile(`(aria-label|data-[a-z-]+)="[^"]*"`)
)

// alike is a page without what differs between any two visits: ids, digits,
// reference numbers, and which questions are asked.
func alike(p *apptest.Page) string {
	body := ids.ReplaceAllString(p.Body, "ID")
	body = digits.ReplaceAllString(body, "$1 N")
	body = asked.ReplaceAllString(body, "QUESTION")
	for _, name := range []string{"answer_1", "answer_2"} {
		label := strings.TrimSpace(p.Find(`label[for="` + name + `"]`).First().Text())
		if label != "" {
			body = strings.ReplaceAll(body, label, "QUESTION")
		}
	}
	return marks.ReplaceAllString(shownQuestion(body), "REF")
}

func shownQuestion(body string) string { return shown.ReplaceAllString(body, "ATTR") }

// step is one request on the way.
type step struct {
	name string
	do   func(*visitor) *apptest.Page
}

// everyStep is the way of somebody who knows nothing and tries everything.
func everyStep(login string) []step {
	wrong := func(path string) func(*visitor) *apptest.Page {
		return func(v *visitor) *apptest.Page { return v.send(path, "answer_1", "wrong one", "answer_2", "wrong two") }
	}
	get := func(path string) func(*visitor) *apptest.Page {
		return func(v *visitor) *apptest.Page { return v.Get(path) }
	}
	choose := func(proof string) func(*visitor) *apptest.Page {
		return func(v *visitor) *apptest.Page { return v.chooses(proof) }
	}
	code := func(v *visitor) *apptest.Page { return v.send(codePath, "code", "000000") }
	return []step{
		{"start", func(v *visitor) *apptest.Page { return v.starts(login) }},
		{"proofs", get(proofsPath)},
		{"choose questions", choose("questions")}, {"questions", get(questionsPath)},
		{"wrong answers", wrong(questionsPath)}, {"wrong again", wrong(questionsPath)}, {"wrong for the wait", wrong(questionsPath)},
		{"paused", wrong(questionsPath)}, {"proofs while paused", get(proofsPath)},
		{"choose text", choose("text")}, {"code", get(codePath)},
		{"wrong code", code}, {"2nd", code}, {"3rd", code}, {"4th", code}, {"5th", code}, {"6th", code},
		{"again too soon", func(v *visitor) *apptest.Page { return v.send(codePath, "do", "again") }},
		{"later", func(v *visitor) *apptest.Page { v.Clock.Advance(pause); return v.chooses("call") }}, {"call", get(codePath)},
		{"pressed", func(v *visitor) *apptest.Page { return v.send(codePath, "do", "pressed") }},
		{"poll", get(codePath + "/state?of=password")},
		{"choose link", choose("link")}, {"link", get(linkSentPath)},
		{"not yet", func(v *visitor) *apptest.Page { return v.send(linkSentPath) }},
		{"link 2", choose("link")}, {"link 3", choose("link")}, {"link 4", choose("link")},
		{"passkey", get(passkeyPath)},
		{"no passkey", func(v *visitor) *apptest.Page {
			recovery, _ := v.Get(passkeyPath).Value("recovery")
			return v.Post(passkeyPath, "recovery", recovery, "exchange", "x")
		}},
		{"new", get(newPath)},
		{"nothing left", func(v *visitor) *apptest.Page { return v.send(proofsPath, "do", "none") }}, {"desk", get(deskPath)},
	}
}

func TestAStrangerMeetsTheSamePagesAtTheSameCost(t *testing.T) {
	t.Parallel()
	app, counter := apptest.Counted(t)
	w := around(app, adasPhone)
	frozen := app.Account(apptest.Holder{First: "Bob", Last: "Stone", Email: "bob@example.ca", Status: "frozen"})
	// Warm what only the first of several requests pays for.
	warm := w.visitor()
	warm.Address = "192.0.2.99"
	for _, s := range everyStep("WARM.UP") {
		s.do(warm)
	}
	who := map[string]*visitor{}
	steps := map[string][]step{}
	for i, login := range []string{w.ada.LoginID, "NOBODY.HERE", frozen.LoginID} {
		who[login] = w.visitor()
		who[login].Address = "198.51.100." + strconv.Itoa(i+1)
		steps[login] = everyStep(login)
	}
	began := w.Clock.Now()
	ada := w.ada.LoginID
	for i, s := range steps[ada] {
		want, wantCount := "", 0
		var page *apptest.Page
		at := w.Clock.Now()
		for _, login := range []string{ada, "NOBODY.HERE", frozen.LoginID} {
			w.Clock.Advance(at.Sub(w.Clock.Now())) // each at the same time of day
			n := counter.Count(func() { page = steps[login][i].do(who[login]) })
			got := page.To() + "\n" + page.Header.Get("Retry-After") + "\n" + alike(page)
			if login == ada {
				want, wantCount = got, n
				continue
			}
			if got != want {
				t.Errorf("%s, %s:\n%s", s.name, login, differ(want, got))
			}
			// The job queue wakes its workers once in a while, for whomever it is then.
			if n-wantCount > 1 || wantCount-n > 1 {
				t.Errorf("%s, %s: %d statements, Ada takes %d", s.name, login, n, wantCount)
			}
		}
		if page.Status >= http.StatusInternalServerError {
			t.Errorf("%s: %d", s.name, page.Status)
		}
	}
	if w.Clock.Now().Sub(began) > time.Hour {
		t.Error("the steps took longer than a recovery")
	}
	w.Errands()
	w.WantSent(outbox.KindRecoveryStarted, adasMail)
	if n := w.Rows("messages", "account_id = '"+string(frozen.ID)+"'"); n != 0 {
		t.Errorf("%d messages to an account that is frozen", n)
	}
}

// differ is where two texts part.
func differ(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, min(i, len(s))-60):min(len(s), i+120)] }
	return "want …" + cut(a) + "…\n got …" + cut(b) + "…"
}

func TestAStrangerIsAskedTheSameEachTimeAndAWrongBirthDateMakesAStranger(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	two := func(login, day string) string {
		v := w.visitor()
		v.Post(startPath, "loginid", login, "birth_day", day, "birth_month", "12", "birth_year", "1975").WantRedirect(proofsPath)
		page := v.Get(questionsPath)
		return page.Find(`label[for="answer_1"]`).Text() + page.Find(`label[for="answer_2"]`).Text()
	}
	if a, b := two("NOBODY.HERE", "10"), two("nobody.here@oneid.on.ca", "10"); a != b || strings.TrimSpace(a) == "" {
		t.Errorf("the same stranger is asked %q, then %q", a, b)
	}
	if a, b := two(w.ada.LoginID, "10"), two(w.ada.LoginID, "10"); a != b {
		t.Errorf("Ada is asked %q, then %q", a, b)
	}
	different := 0
	for _, day := range []string{"11", "12"} {
		if two(w.ada.LoginID, day) != two(w.ada.LoginID, "10") {
			different++
		}
		w.Clock.Advance(time.Hour)
	}
	if different == 0 {
		t.Error("with any birth date, Ada's own questions are asked")
	}
	// Right answers do not help who has the birth date wrong.
	v := w.visitor()
	v.Post(startPath, "loginid", w.ada.LoginID, "birth_day", "11", "birth_month", "12", "birth_year", "1975").WantRedirect(proofsPath)
	v.answersRight(questionsPath).WantStatus(http.StatusUnprocessableEntity)
	v.chooses("link")
	v.chooses("text")
	w.Errands()
	if n := w.Rows("messages", "kind <> 'recovery_started'"); n != 0 {
		t.Errorf("%d messages for somebody with another birth date", n)
	}
}

func TestRecoveriesAreLimitedAlikeForEveryone(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	address := 0
	tries := func(login string, far bool) int {
		for n := range 40 {
			v := w.visitor()
			v.Address = "203.0.113.7"
			if far {
				address++
				v.Address = "10.1.1." + strconv.Itoa(address)
			}
			page := v.starts(login)
			if page.Status == http.StatusTooManyRequests {
				page.WantText("You can try again at")
				return n
			}
			if !far {
				login += "X"
			}
		}
		return -1
	}
	for _, login := range []string{w.ada.LoginID, "NOBODY.HERE"} {
		if got := tries(login, true); got != 5 {
			t.Errorf("%s: %d starts in an hour from many places, want 5", login, got)
		}
	}
	if got := tries("SOMEBODY", false); got != 10 {
		t.Errorf("%d starts from one address, want 10", got)
	}
	w.WantAudit(audit.RecoveryLimited, 3)

	person := func(last, address string) *apptest.Page {
		v := w.visitor()
		v.Address = address
		return v.Post(loginIDPath, "first", "Ada", "last", last, "birth_day", "10", "birth_month", "12", "birth_year", "1975")
	}
	for _, last := range []string{"Byron", "Nobody"} {
		for i := range 4 {
			page := person(last, "10.9."+strconv.Itoa(i)+".1")
			if (page.Status == http.StatusTooManyRequests) != (i == 3) {
				t.Errorf("%s, try %d: got %d", last, i+1, page.Status)
			}
		}
	}
	for i := range 11 {
		if page := person("Name"+strings.Repeat("a", i), "10.8.8.8"); (page.Status == http.StatusTooManyRequests) != (i == 10) {
			t.Errorf("from one address, try %d: got %d", i+1, page.Status)
		}
	}
	for i := range 31 {
		page := person("Other"+strings.Repeat("b", i), "10.7.7."+strconv.Itoa(i+1))
		if i == 30 && page.Status != http.StatusTooManyRequests {
			t.Errorf("from one neighbourhood, try %d: got %d", i+1, page.Status)
		}
	}
}

// The message that a recovery has begun is work for somebody with an account
// only: done at once, it would slow that person's next page down.
func TestWhatFollowsABeginningWaitsForAMomentDrawnAtRandom(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	for _, last := range []string{"BYRON", "STRANGER"} {
		w.visitor().asks("ada", last).WantRedirect(loginIDPath + "/questions")
	}
	if got := w.Rows("river_job", "kind = 'run_errand'"); got != 2 {
		t.Fatalf("%d errands, want 2", got)
	}
	now := w.Clock.Now()
	early := fmt.Sprintf("kind = 'run_errand' AND scheduled_at < '%s'", now.Add(time.Second).Format(time.RFC3339Nano))
	late := fmt.Sprintf("kind = 'run_errand' AND scheduled_at > '%s'", now.Add(6*time.Second).Format(time.RFC3339Nano))
	if e, l := w.Rows("river_job", early), w.Rows("river_job", late); e != 0 || l != 0 {
		t.Errorf("%d begin at once and %d later than in 6 s", e, l)
	}
}
