package recovery_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/code"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/db"
)

// Where recoveries lead.
const (
	startPath     = "/recovery/password"
	proofsPath    = startPath + "/proofs"
	questionsPath = startPath + "/questions"
	codePath      = startPath + "/code"
	linkSentPath  = startPath + "/link"
	passkeyPath   = startPath + "/passkey"
	newPath       = startPath + "/new"
	deskPath      = startPath + "/desk"
	loginIDPath   = "/recovery/login-id"
)

const (
	adasMail  = "ada@example.ca"
	adasPhone = "+14165550123"
	fresh     = "Harbour 58 lantern"
)

// world is Ada, who has an account with a confirmed address, three online
// questions and perhaps phones.
type world struct {
	*apptest.App
	ada apptest.Account
}

func setUp(t *testing.T, phones ...string) *world {
	t.Helper()
	return around(apptest.New(t), phones...)
}

func around(app *apptest.App, phones ...string) *world {
	app.Helper()
	w := &world{App: app, ada: app.Account(apptest.Holder{})}
	w.answers(w.ada)
	for _, number := range phones {
		w.phone(w.ada, number, db.MethodText)
	}
	w.Clock.Advance(time.Minute) // of two passwords in one instant none is the newer
	return w
}

// answered is what Ada answers to every question.
func answered(question string) string { return "Answer to " + question }

func (w *world) answers(who apptest.Account) {
	w.Helper()
	all, err := db.ChallengeQuestions(w.Context(), w.DB)
	if err != nil {
		w.Fatal(err)
	}
	argon := w.Config.Argon
	hasher := secret.NewHasher(secret.Cost{Time: argon.Passes, Memory: argon.MemoryKiB, Threads: argon.Lanes})
	answers := secret.NewAnswers(w.Ring, hasher)
	var rows []db.ChallengeAnswer
	for _, q := range all {
		if q.Kind != string(secret.OnlineAnswer) || len(rows) == 3 {
			continue
		}
		hashed, err := answers.Hash(w.Context(), secret.OnlineAnswer, answered(q.TextEn))
		if err != nil {
			w.Fatal(err)
		}
		rows = append(rows, db.ChallengeAnswer{
			AccountID: who.ID, Kind: q.Kind, Position: len(rows) + 1, QuestionID: q.ID, Hash: hashed.Hash,
			PepperVersion: hashed.PepperVersion, Normaliser: hashed.Normaliser, SetAt: w.Clock.Now(),
		})
	}
	w.Write(func(ctx context.Context, tx db.Tx) error { return db.InsertChallengeAnswers(ctx, tx, rows) })
}

func (w *world) phone(who apptest.Account, number, method string) {
	w.Helper()
	have, err := db.ChallengePhonesOf(w.Context(), w.DB, who.ID)
	if err != nil {
		w.Fatal(err)
	}
	now := w.Clock.Now()
	p := db.ChallengePhone{
		ID: db.NewID[db.PhoneID](), AccountID: who.ID, Position: len(have) + 1, NumberIndex: code.NumberIndex(w.Ring, number),
		LastTwo: number[len(number)-2:], Method: method, ConfirmedAt: &now, CreatedAt: now,
	}
	p.Number, err = w.Sealer.Seal(w.Context(), secret.Place{Table: "challenge_phones", Column: "number", Row: string(p.ID)}, []byte(number))
	if err != nil {
		w.Fatal(err)
	}
	w.Write(func(ctx context.Context, tx db.Tx) error {
		return db.InsertChallengePhones(ctx, tx, []db.ChallengePhone{p})
	})
}

// visitor is a browser on its way through a recovery.
type visitor struct {
	*apptest.Browser
	w *world
}

func (w *world) visitor() *visitor { return &visitor{w.Browser(), w} }

// starts begins Forgot Password for a login ID, with Ada's birth date.
func (v *visitor) starts(loginID string) *apptest.Page {
	v.Helper()
	return v.Post(startPath, "loginid", loginID, "birth_day", "10", "birth_month", "12", "birth_year", "1975")
}

// begun is a visitor who has begun Forgot Password for Ada.
func (w *world) begun() *visitor {
	w.Helper()
	v := w.visitor()
	v.starts(w.ada.LoginID).WantRedirect(proofsPath)
	return v
}

// send posts the form of a page as a person does who filled it in.
func (v *visitor) send(path string, fields ...string) *apptest.Page {
	v.Helper()
	recovery, _ := v.Get(path).Value("recovery")
	return v.Post(path, append([]string{"recovery", recovery}, fields...)...)
}

func (v *visitor) chooses(proof string) *apptest.Page {
	v.Helper()
	return v.send(proofsPath, "proof", proof)
}

// answersRight answers the questions of a page as Ada would.
func (v *visitor) answersRight(path string) *apptest.Page {
	v.Helper()
	page := v.Get(path)
	fields := []string{}
	for _, name := range []string{"answer_1", "answer_2"} {
		label := page.Find(`label[for="` + name + `"]`).First().Text()
		fields = append(fields, name, answered(strings.TrimSpace(label)))
	}
	return v.send(path, fields...)
}

// texted is the code in the newest text.
func (w *world) texted() string {
	w.Helper()
	w.Deliver()
	texts := w.Texts()
	for i := len(texts) - 1; i >= 0; i-- {
		if strings.Contains(texts[i].Text, "#") {
			return texts[i].Text[:6]
		}
	}
	w.Fatal("no code was texted")
	return ""
}

// provesBy gives a proof of a kind.
func (v *visitor) provesBy(kind string) {
	v.Helper()
	switch kind {
	case "questions":
		v.chooses("questions").WantRedirect(questionsPath)
		v.answersRight(questionsPath).WantRedirect(proofsPath)
	case "text":
		v.chooses("text").WantRedirect(codePath)
		v.send(codePath, "code", v.w.texted()).WantRedirect(proofsPath)
	case "call":
		v.chooses("call").WantRedirect(codePath)
		v.Deliver()
		v.presses()
		v.Get(codePath).WantRedirect(proofsPath)
	case "link":
		v.chooses("link").WantRedirect(linkSentPath)
		path := v.w.mailed()
		v.w.visitor().Post(path).WantRedirect(path)
	}
}

// presses has the right digit pressed in the newest call.
func (v *visitor) presses() {
	v.Helper()
	calls := v.Calls()
	if len(calls) == 0 {
		v.Fatal("nobody was called")
	}
	if settled, err := db.SettleCode(v.Context(), v.DB, calls[len(calls)-1].Code, db.CodePassed); err != nil || !settled {
		v.Fatalf("the call can't pass: %t %v", settled, err)
	}
}

// mailed is the path of the newest link.
func (w *world) mailed() string {
	w.Helper()
	w.Errands()
	m, ok := w.WantSent(outbox.KindRecoveryLink, adasMail).(outbox.RecoveryLink)
	if !ok {
		w.Fatal("no link was mailed")
	}
	path, ours := strings.CutPrefix(m.Link, w.Base)
	if !ours {
		w.Fatalf("the link leads to %s", m.Link)
	}
	return path
}

func (v *visitor) setsPassword(password string) *apptest.Page {
	v.Helper()
	return v.send(newPath, "password", password, "confirm", password)
}

// wait moves past the pause between two codes.
const pause = 31 * time.Second
