package apptest

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"oneid/app/internal/code"
	"oneid/app/internal/recoverycode"
	"oneid/app/internal/secret"
	"oneid/db"
)

// Means are what an account gives a second factor by.
type Means struct {
	Texts, Calls []string // numbers, confirmed
	Questions    bool     // those of Answers
	Codes        bool     // ten recovery codes
}

// Answers are what accounts with questions have answered, by question.
func Answers() map[string]string {
	return map[string]string{
		"first-car": "Honda Accord", "first-childhood-friend": "Gustavsson", "first-award": "Quiltmaking",
		"sibling-middle-name": "Bob", "father-middle-name": "Tuktoyaktuk",
	}
}

// Asked has an account asked for a second factor, and gives it these means. It
// returns the recovery codes.
func (a *App) Asked(who Account, m Means) []string {
	a.Helper()
	hasher := secret.NewHasher(secret.Cost{Time: a.Config.Argon.Passes, Memory: a.Config.Argon.MemoryKiB, Threads: a.Config.Argon.Lanes})
	var answers []db.ChallengeAnswer
	if m.Questions {
		answers = a.answers(who, secret.NewAnswers(a.Ring, hasher))
	}
	var made []string
	a.Write(func(ctx context.Context, tx db.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE accounts SET second_factor = true WHERE id = ?", who.ID); err != nil {
			return err
		}
		var phones []db.ChallengePhone
		for _, number := range append(slices.Clone(m.Texts), m.Calls...) {
			phone := db.ChallengePhone{
				ID: db.NewID[db.PhoneID](), AccountID: who.ID, Position: len(phones) + 1, Method: db.MethodText,
				NumberIndex: code.NumberIndex(a.Ring, number), LastTwo: number[len(number)-2:], ConfirmedAt: &tx.At, CreatedAt: tx.At,
			}
			if slices.Contains(m.Calls, number) {
				phone.Method = db.MethodCall
			}
			var err error
			at := secret.Place{Table: "challenge_phones", Column: "number", Row: string(phone.ID)}
			if phone.Number, err = a.Sealer.Seal(ctx, at, []byte(number)); err != nil {
				return err
			}
			phones = append(phones, phone)
		}
		if err := db.InsertChallengePhones(ctx, tx, phones); err != nil {
			return err
		}
		for i := range answers {
			answers[i].SetAt = tx.At
		}
		if err := db.InsertChallengeAnswers(ctx, tx, answers); err != nil {
			return err
		}
		if !m.Codes {
			return nil
		}
		var err error
		made, err = (&recoverycode.Codes{Keys: a.Ring}).Make(ctx, tx, who.ID)
		return err
	})
	return made
}

func (a *App) answers(who Account, with *secret.Answers) []db.ChallengeAnswer {
	a.Helper()
	var rows []db.ChallengeAnswer
	for i, id := range []string{"first-car", "first-childhood-friend", "first-award", "sibling-middle-name", "father-middle-name"} {
		row := db.ChallengeAnswer{AccountID: who.ID, Kind: string(secret.OnlineAnswer), Position: i + 1, QuestionID: id}
		if i > 2 {
			row.Kind, row.Position = string(secret.DeskAnswer), i-2
		}
		hashed, err := with.Hash(a.Context(), secret.AnswerKind(row.Kind), Answers()[id])
		if err != nil {
			a.Fatal(err)
		}
		row.Hash, row.PepperVersion, row.Normaliser = hashed.Hash, hashed.PepperVersion, hashed.Normaliser
		rows = append(rows, row)
	}
	return rows
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// Texted delivers what waits and returns the code in the newest text to a
// number.
func (a *App) Texted(number string) string {
	a.Helper()
	a.Deliver()
	texts := a.Texts()
	for _, text := range slices.Backward(texts) {
		if digits := sixDigits.FindString(text.Text); text.To == number && digits != "" {
			return digits
		}
	}
	a.Fatalf("no code in the %d texts", len(texts))
	return ""
}

// Press delivers what waits, answers the newest call to a number and presses
// keys in it, as the carrier would report them. It returns what the call said
// last.
func (a *App) Press(number string, keys ...string) string {
	a.Helper()
	a.Deliver()
	var newest db.CodeID
	for _, call := range a.Calls() {
		if call.To == number {
			newest = call.Code
		}
	}
	if newest == "" {
		a.Fatal("no call was made")
	}
	next, said := "/carrier/voice/"+string(newest)+"?lang=en", ""
	for _, key := range append([]string{""}, keys...) {
		form := url.Values{"CallSid": {"CA1"}}
		if key != "" {
			form.Set("Digits", key)
		}
		said = a.carrierSays(next, form)
		if found := nextStep.FindStringSubmatch(said); found != nil {
			next = strings.ReplaceAll(found[1], "&amp;", "&")
		}
	}
	return said
}

var nextStep = regexp.MustCompile(`action="([^"]+)"`)

// Undelivered has the carrier report how the newest message about a code ended.
func (a *App) Undelivered(status string) {
	a.Helper()
	a.Deliver()
	var id db.MessageID
	err := a.DB.NewSelect().Model((*db.Message)(nil)).Column("id").Where("code_id IS NOT NULL").Order("id DESC").Limit(1).Scan(a.Context(), &id)
	if err != nil {
		a.Fatal(err)
	}
	a.carrierSays("/carrier/status/"+string(id), url.Values{"CallStatus": {status}})
}

// carrierSays posts to us as a carrier, signed, and returns the answer.
func (a *App) carrierSays(path string, form url.Values) string {
	a.Helper()
	token, err := os.ReadFile(a.Config.KeysDir + "/carrier.token")
	if err != nil {
		a.Fatal(err)
	}
	signed := a.Base + path
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		signed += name + form.Get(name)
	}
	mac := hmac.New(sha1.New, []byte(strings.TrimSpace(string(token))))
	mac.Write([]byte(signed))
	page := a.Browser().Do(a.Browser().Request(http.MethodPost, path, form),
		With("X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil))), With("Origin", ""), With("Sec-Fetch-Site", ""))
	if page.Status >= http.StatusBadRequest {
		a.Fatalf("carrier at %s: %d\n%s", path, page.Status, page.Body)
	}
	return page.Body
}

// Challenged signs in up to the second factor, which must be asked for.
func (b *Browser) Challenged(who Account) *Page {
	b.Helper()
	b.SignIn(who).WantRedirect("/challenge")
	return b.Get("/challenge")
}

// ByText gives the second factor by the text to a number. The fields are more of
// the last form's, such as the tick that remembers the browser.
func (p *Page) ByText(number string, fields ...string) *Page {
	p.Helper()
	to := p.Find(`input[name="to"][value$=":text"]`).First().AttrOr("value", "")
	sent := p.Post("/challenge", "to", to).Follow()
	id, _ := sent.Value("c")
	return p.Post("/challenge/text", append([]string{"c", id, "code", p.Texted(number)}, fields...)...)
}
