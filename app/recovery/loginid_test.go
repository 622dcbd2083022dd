package recovery_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/db"
)

// asks begins Forgot Login ID.
func (v *visitor) asks(first, last string) *apptest.Page {
	v.Helper()
	return v.Post(loginIDPath, "first", first, "last", last, "birth_day", "10", "birth_month", "12", "birth_year", "1975")
}

func TestALoginIDGoesToTheChannelsAndIsShownAfterAPhoneCode(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"text", "call"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := setUp(t, adasPhone)
			v := w.visitor()
			v.asks("ada", "BYRON").WantRedirect(loginIDPath + "/questions")
			v.Get(loginIDPath + "/sent").WantRedirect(loginIDPath + "/questions")
			v.Get(loginIDPath + "/shown").WantRedirect(loginIDPath + "/questions")
			v.answersRight(loginIDPath + "/questions").WantRedirect(loginIDPath + "/sent")
			v.Get(loginIDPath + "/sent").WantStatus(http.StatusOK).WantText("Check your messages").WantNever("ADA.BYRON")
			v.Get(loginIDPath + "/shown").WantRedirect(loginIDPath + "/sent")
			w.Errands()
			mailed, _ := w.WantSent(outbox.KindLoginID, adasMail).(outbox.LoginID)
			texted, _ := w.WantSent(outbox.KindLoginID, adasPhone).(outbox.LoginID)
			if mailed.LoginID != w.ada.LoginID || texted.LoginID != w.ada.LoginID {
				t.Errorf("mailed %q, texted %q, want %q", mailed.LoginID, texted.LoginID, w.ada.LoginID)
			}
			v.send(loginIDPath+"/sent", "do", how).WantRedirect(loginIDPath + "/code")
			if how == "text" {
				v.send(loginIDPath+"/code", "code", "000000").WantStatus(http.StatusUnprocessableEntity)
				v.send(loginIDPath+"/code", "code", w.texted()).WantRedirect(loginIDPath + "/shown")
			} else {
				w.Deliver()
				v.presses()
				poll := v.Get("/recovery/password/code/state?of=login_id", apptest.Swapped())
				if poll.To() != loginIDPath+"/shown" {
					t.Errorf("the waiting page is led to %q (%d)", poll.To(), poll.Status)
				}
			}
			v.Get(loginIDPath + "/shown").WantStatus(http.StatusOK).WantText("Your Login ID is " + w.ada.LoginID)
			w.WantAudit(audit.LoginIDSent, 1)
			// It proves nothing toward a password.
			v.Get(newPath).WantRedirect(startPath)
		})
	}
}

func TestAStrangersAnswersSendNothing(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	for _, last := range []string{"Byron", "Nobody"} {
		v := w.visitor()
		v.asks("Ada", last).WantRedirect(loginIDPath + "/questions")
		page := v.send(loginIDPath+"/questions", "answer_1", "wrong one", "answer_2", "wrong two")
		page.WantStatus(http.StatusUnprocessableEntity).WantError("answer_1", "don’t match what we have")
		page.WantError("answer_2", "2 tries left")
		v.send(loginIDPath+"/questions", "answer_1", "", "answer_2", "").WantStatus(http.StatusUnprocessableEntity).
			WantError("answer_1", "Answer both questions.")
	}
	w.Errands()
	if n := w.Rows("messages", ""); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestEitherNameFindsAPersonAndTwoAccountsAreNeverShown(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	w.Write(func(ctx context.Context, tx db.Tx) error {
		account, err := db.LockAccount(ctx, tx, w.ada.ID)
		if err != nil {
			return err
		}
		err = w.People.Fill(ctx, account, people.Person{
			PreferredFirst: "Augusta", PreferredLast: "King", LegalFirst: "Ada", LegalLast: "Byron", BirthDate: "1975-12-10",
		}, people.Contact{Email: adasMail, Phone: adasPhone})
		if err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model(account).Column("person", "person_index", "preferred_index").WherePK().Exec(ctx)
		return err
	})
	for _, name := range [][2]string{{"Augusta", "King"}, {"Ada", "Byron"}} {
		v := w.visitor()
		v.asks(name[0], name[1]).WantRedirect(loginIDPath + "/questions")
		v.answersRight(loginIDPath + "/questions").WantRedirect(loginIDPath + "/sent")
	}
	w.Errands()
	w.Clock.Advance(time.Hour)

	second := w.Account(apptest.Holder{Email: "second@example.ca"}) // another Ada Byron, born on that day
	v := w.visitor()
	v.asks("Ada", "Byron").WantRedirect(loginIDPath + "/questions")
	v.answersRight(loginIDPath + "/questions").WantRedirect(loginIDPath + "/sent")
	v.send(loginIDPath+"/sent", "do", "text").WantRedirect(loginIDPath + "/code")
	v.send(loginIDPath+"/code", "code", w.texted()).WantRedirect(loginIDPath + "/shown")
	v.Get(loginIDPath+"/shown").WantText("You have more than one account").WantNever(w.ada.LoginID, second.LoginID)
	told := 0
	for _, m := range w.Mails() {
		if m.To == "second@example.ca" && strings.Contains(m.Letter.Text, second.LoginID) {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the second account's address was told %d times, want once", told)
	}
}

func TestBothFormsSpeakFrenchAndKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	v := w.visitor()
	page := v.Post(loginIDPath, "first", "Ada", "last", "Byron", "birth_day", "10", "birth_month", "12", "birth_year", "1975", "switch_language", "fr")
	page.WantStatus(http.StatusOK).WantText("Identifiant de connexion oublié").WantField("first", "Ada").WantField("birth_year", "1975")
	page = v.Post(startPath, "loginid", "", "birth_day", "10", "birth_month", "", "birth_year", "1975")
	page.WantStatus(http.StatusUnprocessableEntity).WantText("Mot de passe oublié").WantField("birth_day", "10")
	v.starts(w.ada.LoginID).WantRedirect(proofsPath)
	v.Get(proofsPath).WantText("Prouvez que c’est bien vous", "Recevoir un code par texto")
	v.send(proofsPath).WantStatus(http.StatusUnprocessableEntity).WantText("Choisissez une des preuves.")
	v.provesBy("text")
	v.Get(proofsPath).WantText("Il faut encore une preuve")
	v.chooses("questions").WantRedirect(questionsPath)
	v.Get(questionsPath).WantText("Répondez à deux questions")
}

func TestACodeGoesToTheNextNumberAndAWrongOneTellsNothing(t *testing.T) {
	t.Parallel()
	const second = "+14165550177"
	w := setUp(t, adasPhone, second)
	v := w.begun()
	v.chooses("text").WantRedirect(codePath)
	first := w.texted()
	w.Clock.Advance(pause)
	v.send(codePath, "do", "other").WantRedirect(codePath)
	if got := w.texted(); got != first {
		t.Errorf("the next number got %s, the first %s", got, first)
	}
	to := map[string]int{}
	for _, text := range w.Texts() {
		if strings.Contains(text.Text, first) {
			to[text.To]++
		}
	}
	if to[adasPhone] != 1 || to[second] != 1 {
		t.Errorf("codes went to %v", to)
	}
	v.send(codePath, "code", "12").WantError("code", "does not match")
	v.send(codePath, "code", first[:3]+" "+first[3:]).WantRedirect(proofsPath)
	v.Get(codePath).WantRedirect(proofsPath)
}
