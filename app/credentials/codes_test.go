package credentials_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/ui"
)

var codeShape = regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}`)

func (k *keys) makeCodes(ctx context.Context, tx db.Tx) error {
	_, err := k.recovery.Make(ctx, tx, k.account)
	return err
}

var errUndone = errors.New("only looked")

// works tells whether a recovery code is good, and leaves it unused.
func (k *keys) works(typed string) bool {
	k.t.Helper()
	var ok bool
	err := db.InTx(k.t.Context(), k.d, func(ctx context.Context, tx db.Tx) (err error) {
		if _, ok, err = k.recovery.Use(ctx, tx, k.account, typed); err != nil {
			return err
		}
		return errUndone
	})
	if !errors.Is(err, errUndone) {
		k.t.Fatal(err)
	}
	return ok
}

func TestRecoveryCodesAreShownOnce(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	ada.get("/profile/codes").want(t, http.StatusOK, "You have no recovery codes yet.", "Make ten codes")
	page := ada.post("/profile/codes")
	page.want(t, http.StatusOK, "You see these codes only once.")
	shown := codeShape.FindAllString(page.main.Find("#codes").Text(), -1)
	if len(shown) != 10 || !k.works(shown[0]) || !k.works(shown[9]) {
		t.Fatalf("got %d codes; the first works: %t", len(shown), len(shown) > 0 && k.works(shown[0]))
	}
	k.wantTold(outbox.KindCodesMade, "ada@example.ca")
	if n := k.recorded(t, audit.CredentialsCodesMade); n != 1 {
		t.Errorf("recorded %d times, want once", n)
	}
	for _, path := range []string{"/profile/codes", "/profile/security"} {
		if found := codeShape.FindString(ada.get(path).said()); found != "" {
			t.Errorf("%s shows %s", path, found)
		}
	}

	// Without the tick the page stays, in either language, and still once.
	kept := page.value("codes")
	refused := ada.post("/profile/codes/saved", "codes", kept)
	refused.want(t, http.StatusUnprocessableEntity, "Tick the box once you have printed or saved your codes.", shown[4])
	ada.post("/profile/codes/saved", "codes", kept, "switch_language", "fr").want(t, http.StatusOK, shown[4], "Vos dix codes de secours")
	ada.post("/profile/codes/saved", "codes", kept, "switch_language", "en").want(t, http.StatusOK, shown[4])
	ada.follow(ada.post("/profile/codes/saved", "codes", kept, "saved", "yes")).want(t, http.StatusOK, "Your recovery codes are ready.")

	again := ada.post("/profile/codes")
	if k.works(shown[0]) || !k.works(codeShape.FindString(again.main.Find("#codes").Text())) {
		t.Error("the old codes work, or the new ones don't")
	}
	gone := ada.follow(ada.post("/profile/codes/saved", "codes", kept))
	gone.want(t, http.StatusOK, "These codes are no longer your newest ones.")
	gone.wantMood(t, ui.Warn, "alert")
	if n := len(k.told(outbox.KindCodesMade)); n != 2 {
		t.Errorf("told %d times, want twice", n)
	}
}

func TestCodesThatAreNotHersAreNeverDrawn(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	forged := strings.Repeat("AAAAA-AAAAA ", 10)
	for _, given := range []string{"", forged} {
		ada.post("/profile/codes/saved", "codes", given).wantTo(t, "/profile/codes")
	}
	ada.post("/profile/codes")
	ada.post("/profile/codes/saved", "codes", forged).wantTo(t, "/profile/codes")
}

// chosen is a form with five questions and answers.
func (k *keys) chosen(page answer, answers ...string) []string {
	k.t.Helper()
	var fields []string
	for i, given := range answers {
		n := string(rune('1' + i))
		id := page.main.Find("select[name=question_"+n+"] option[selected]").AttrOr("value", "")
		fields = append(fields, "question_"+n, id, "answer_"+n, given)
	}
	return append(fields, "kept", page.value("kept"))
}

func TestAllFiveQuestionsAreChangedAtOnce(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	page := ada.get("/profile/questions")
	page.want(t, http.StatusOK, "Choose all five again.")
	done := ada.post("/profile/questions", k.chosen(page, "Wolverhampton", "Marmalade", "Periwinkle", "Saskatoon", "Trombone")...)
	ada.follow(done).want(t, http.StatusOK, "Your challenge questions are changed.", "Set on November 21, 2026")
	have, err := question.Of(t.Context(), k.d, k.account)
	if err != nil || !question.Complete(have) {
		t.Fatalf("got %d questions, %v", len(have), err)
	}
	k.wantTold(outbox.KindQuestionsChanged, "ada@example.ca", adasPhone)
	if n := k.recorded(t, audit.CredentialsQuestionsChanged); n != 1 {
		t.Errorf("recorded %d times, want once", n)
	}
	two, err := k.questions.Ask(t.Context(), k.d, question.Account(k.account))
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{}
	for i, text := range []string{"wolverhampton", "MARMALADE", "Periwinkle"} {
		given[have[i].ID] = text
	}
	out, err := k.questions.Check(t.Context(), question.Account(k.account), [2]string{given[two[0].ID], given[two[1].ID]}, nil)
	if err != nil || !out.Right {
		t.Errorf("the new answers: %+v, %v", out, err)
	}

	// The second time, the questions are others, and the old answers are gone.
	before := have
	k.clock.Advance(time.Minute)
	next := ada.get("/profile/questions")
	ada.post("/profile/questions", k.chosen(next, "Ottawa river", "Chesterfield", "Rutabaga", "Moosonee", "Accordion")...).wantTo(t, "/profile/security")
	if have, err = question.Of(t.Context(), k.d, k.account); err != nil || len(have) != 5 || have[0].Answer == before[0].Answer {
		t.Errorf("got %d questions, the first answer unchanged: %t, %v", len(have), have[0].Answer == before[0].Answer, err)
	}
}

func TestARefusedAnswerCostsNoOtherAndShowsNone(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	page := ada.get("/profile/questions")
	refused := ada.post("/profile/questions", k.chosen(page, "Wolverhampton", "Marmalade", "Periwinkle", "x", "Byron")...)
	refused.want(t, http.StatusUnprocessableEntity, "There is a problem")
	html, _ := refused.main.Html()
	for _, secret := range []string{"Wolverhampton", "Marmalade", "Periwinkle", "argon2"} {
		if strings.Contains(html, secret) {
			t.Errorf("the page holds %q", secret)
		}
	}
	if len(k.mails(t)) != 0 {
		t.Error("news were sent of what was refused")
	}
	// What was good need not be typed again, in this session only.
	fields := k.chosen(refused, "", "", "", "Saskatoon", "Trombone")
	other := k.freshAda()
	other.post("/profile/questions", fields...).want(t, http.StatusUnprocessableEntity)
	ada.post("/profile/questions", fields...).wantTo(t, "/profile/security")
	have, err := question.Of(t.Context(), k.d, k.account)
	if err != nil || !question.Complete(have) {
		t.Fatalf("got %d questions, %v", len(have), err)
	}
	if _, kept := question.Find(have, secret.OnlineAnswer, have[0].ID); !kept {
		t.Error("the answer that was good is not there")
	}
}

func TestThePagesSpeakFrench(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	k.addPhone("+16475550177", true)
	k.remember("Clinic laptop")
	k.write(t, k.makeCodes)
	ada := k.freshAda()
	ada.speak("fr")
	for path, want := range map[string]string{
		"/profile/security":   "Connexion et sécurité",
		"/profile/password":   "Changer le mot de passe",
		"/profile/questions":  "Changer les questions d’identification",
		"/profile/phones":     "Numéro se terminant par 77, par texto",
		"/profile/phones/add": "Vérifier ce numéro",
		"/profile/phones/remove/" + string(k.phones()[0].ID): "Retirer ce numéro",
		"/profile/codes":    "Créés le 21 novembre 2026",
		"/profile/devices":  "Oublier",
		"/profile/sessions": "Sessions ouvertes",
	} {
		ada.get(path).want(t, http.StatusOK, want)
	}
	// The switch is a button of the form: what was typed is kept.
	typed := ada.post("/profile/phones/add", "number", "647 555 0188", "method", "call", "switch_language", "en")
	typed.want(t, http.StatusOK, "Check this number")
	if typed.value("number") != "647 555 0188" {
		t.Errorf("after the switch the field holds %q", typed.value("number"))
	}
	sent := ada.post("/profile/phones/add", "number", "647 555 0188", "method", "text")
	ada.follow(sent)
	var language string
	if err := k.d.NewRaw("SELECT language FROM messages WHERE code_id IS NOT NULL").Scan(t.Context(), &language); err != nil || language != "fr" {
		t.Errorf("the code's text is in %q, %v, want the account's language", language, err)
	}
}
