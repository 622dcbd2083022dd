package delivery_test

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/code"
	"oneid/app/internal/delivery"
	"oneid/db"
)

// spoken is what a call's document says and where a key leads.
type spoken struct {
	Say    []line `xml:"Say"`
	Gather []struct {
		Action string `xml:"action,attr"`
		Digits int    `xml:"numDigits,attr"`
		Say    []line `xml:"Say"`
	} `xml:"Gather"`
	Hangup *struct{} `xml:"Hangup"`
}

type line struct {
	Language string `xml:"language,attr"`
	Text     string `xml:",chardata"`
}

func (s spoken) all() string {
	var all []string
	for _, g := range s.Gather {
		for _, l := range g.Say {
			all = append(all, l.Language+": "+l.Text)
		}
	}
	for _, l := range s.Say {
		all = append(all, l.Language+": "+l.Text)
	}
	return strings.Join(all, "\n")
}

func (w *world) call(t *testing.T, path string, digits string) spoken {
	t.Helper()
	form := url.Values{"CallSid": {"CA1"}, "CallStatus": {"in-progress"}}
	if digits != "" {
		form.Set("Digits", digits)
	}
	res := w.report(path, token, form)
	if res.Code != http.StatusOK || !strings.HasPrefix(res.Header().Get("Content-Type"), "text/xml") {
		t.Fatalf("%s: got %d %s", path, res.Code, res.Body)
	}
	var s spoken
	if err := xml.Unmarshal(res.Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func wantSaid(t *testing.T, s spoken, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(s.all(), want) {
			t.Errorf("the call says\n%s\nwithout %q", s.all(), want)
		}
	}
}

func TestATestCallIsConfirmedByTheDigitOnThePage(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t, db.MethodCall, code.Test)
	if err := w.work(t, w.newest(t)); err != nil {
		t.Fatal(err)
	}
	placed := w.carrier.got()[0]
	if placed.Get("To") != phone || placed.Get("Timeout") != "30" {
		t.Errorf("got call %v", placed)
	}

	greeting := w.call(t, strings.TrimPrefix(placed.Get("Url"), base), "")
	wantSaid(t, greeting, "en-CA: Hello. This is a test call from ONE ID.", "fr-CA: Pour entendre", "en-CA: To confirm this number", "en-CA: We received no answer. Goodbye.")
	if len(greeting.Gather) != 2 || greeting.Gather[0].Digits != 1 || greeting.Hangup == nil {
		t.Fatalf("got %+v, want to be asked twice, then the end", greeting)
	}
	if strings.Contains(greeting.all(), "press 9") {
		t.Error("a test call offers to report fraud")
	}

	french := w.call(t, greeting.Gather[0].Action, "*")
	wantSaid(t, french, "fr-CA: Bonjour. Ceci est un appel", "en-CA: To hear this message in English")

	for range 2 { // the carrier may ask twice
		wantSaid(t, w.call(t, french.Gather[0].Action, strconv.Itoa(*sent.Digit)), "fr-CA: Merci.")
	}
	if got := w.state(t, sent.ID); got != db.CodePassed {
		t.Errorf("got %s, want passed", got)
	}
}

func TestAWrongKeyEndsTheCall(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]func(right int) string{
		"another digit": func(right int) string { return strconv.Itoa((right + 1) % 9) },
		"nine":          func(int) string { return "9" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setUp(t)
			sent := w.start(t, db.MethodCall, code.Test)
			path := "/carrier/voice/" + string(sent.ID) + "?lang=en&step=press"
			wrong := w.call(t, path, key(*sent.Digit))
			wantSaid(t, wrong, "en-CA: That is not the digit")
			if len(wrong.Gather) != 0 || wrong.Hangup == nil {
				t.Errorf("got %+v, want the end of the call", wrong)
			}
			wantSaid(t, w.call(t, path, strconv.Itoa(*sent.Digit)), "This call has expired")
			if got := w.state(t, sent.ID); got != db.CodeFailed {
				t.Errorf("got %s, want failed", got)
			}
		})
	}
}

func TestNineTwiceReportsFraudInASignInCall(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	var frozen []db.CodeID
	w.codes.Freeze = func(_ context.Context, _ db.Tx, c *db.Code) error { frozen = append(frozen, c.ID); return nil }
	sent := w.start(t, db.MethodCall, code.SignIn)

	greeting := w.call(t, "/carrier/voice/"+string(sent.ID)+"?lang=en", "")
	wantSaid(t, greeting, "calling to confirm a sign-in", "press 9 twice")
	once := w.call(t, greeting.Gather[0].Action, "9")
	if len(frozen) != 0 || len(once.Gather) != 1 {
		t.Fatalf("after one 9: froze %v, said %s, want to be asked again", frozen, once.all())
	}
	wantSaid(t, w.call(t, once.Gather[0].Action, "9"), "Your account is now frozen")
	wantSaid(t, w.call(t, once.Gather[0].Action, "9"), "expired")
	if len(frozen) != 1 || frozen[0] != sent.ID {
		t.Errorf("froze %v, want once", frozen)
	}
}

func TestAnExpiredCallSaysSo(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t, db.MethodCall, code.Test)
	w.clock.Advance(10 * time.Minute)
	wantSaid(t, w.call(t, "/carrier/voice/"+string(sent.ID)+"?lang=fr", ""), "fr-CA: Cet appel a expiré")
	wantSaid(t, w.call(t, "/carrier/voice/"+string(db.NewID[db.CodeID]())+"?lang=fr", ""), "fr-CA: Cet appel a expiré")
}

func TestForgedReportsAreRefused(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t, db.MethodCall, code.Test)
	id := w.newest(t)
	voice := "/carrier/voice/" + string(sent.ID) + "?lang=en&step=press"
	for name, res := range map[string]int{
		"status, wrong token": w.report("/carrier/status/"+string(id), "forged", url.Values{"CallStatus": {"completed"}}).Code,
		"status, empty token": w.report("/carrier/status/"+string(id), "", url.Values{"CallStatus": {"completed"}}).Code,
		"voice, wrong token":  w.report(voice, "forged", url.Values{"Digits": {strconv.Itoa(*sent.Digit)}}).Code,
	} {
		if res != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", name, res)
		}
	}
	if got := w.state(t, sent.ID); got != db.CodeSent {
		t.Errorf("got %s, want the code untouched", got)
	}
	if row := w.message(t, id); row.State != db.MessageWaiting {
		t.Errorf("got %s, want the message untouched", row.State)
	}
}

func TestTheSignatureIsTwilios(t *testing.T) {
	t.Parallel()
	// The example of Twilio's documentation.
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"},
	}
	got := delivery.Signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form)
	if want := "RSOYDt4T1cUTdK1PDd93/VVr8B8="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHowATextEnded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		reports []url.Values
		state   string
		problem string
		code    string
	}{
		{"arrived", []url.Values{{"MessageStatus": {"queued"}}, {"MessageStatus": {"delivered"}}}, db.MessageDelivered, "", db.CodeSent},
		{"arrived, told twice, then denied", []url.Values{{"MessageStatus": {"delivered"}}, {"MessageStatus": {"delivered"}}, {"MessageStatus": {"failed"}}}, db.MessageDelivered, "", db.CodeSent},
		{"lost", []url.Values{{"MessageStatus": {"sent"}}, {"MessageStatus": {"undelivered"}, "ErrorCode": {"30003"}}}, db.MessageFailed, "30003", db.CodeUndelivered},
		{"on its way", []url.Values{{"MessageStatus": {"sent"}}, {"MessageStatus": {"nonsense"}}, {}}, db.MessageSent, "", db.CodeSent},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setUp(t)
			sent := w.start(t, db.MethodText, code.Test)
			id := w.newest(t)
			if err := w.work(t, id); err != nil {
				t.Fatal(err)
			}
			for _, form := range c.reports {
				if res := w.report("/carrier/status/"+string(id), token, form); res.Code != http.StatusNoContent {
					t.Errorf("%v: got %d, want 204", form, res.Code)
				}
			}
			if row := w.message(t, id); row.State != c.state || row.Problem != c.problem {
				t.Errorf("got %s, %q, want %s, %q", row.State, row.Problem, c.state, c.problem)
			}
			if got := w.state(t, sent.ID); got != c.code {
				t.Errorf("got code %s, want %s", got, c.code)
			}
		})
	}
}

func TestAReportThatOvertakesTheCarriersAnswerStays(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.start(t, db.MethodText, code.Test)
	id := w.newest(t)
	w.carrier.answers(func(rw http.ResponseWriter, _ url.Values) {
		w.report("/carrier/status/"+string(id), token, url.Values{"MessageStatus": {"delivered"}})
		rw.WriteHeader(http.StatusCreated)
		rw.Write([]byte(`{"sid":"SM9"}`))
	})
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	if row := w.message(t, id); row.State != db.MessageDelivered || row.CarrierID != "SM9" || row.Recipient != nil {
		t.Errorf("got %+v, want delivered by SM9", row)
	}
}

func TestACallThatNobodyAnswersOrThatEndsWithoutAKeyReachedNobody(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"no-answer", "busy", "failed", "canceled", "completed"} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			w := setUp(t)
			sent := w.start(t, db.MethodCall, code.Test)
			id := w.newest(t)
			if err := w.work(t, id); err != nil {
				t.Fatal(err)
			}
			w.report("/carrier/status/"+string(id), token, url.Values{"CallStatus": {status}})
			if got := w.state(t, sent.ID); got != db.CodeUndelivered {
				t.Errorf("got %s, want undelivered", got)
			}
		})
	}
}

func TestAnOldTextThatIsLostDoesNotSpoilTheCodeThatWasSentAgain(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t, db.MethodText, code.Test)
	first := w.newest(t)
	w.clock.Advance(time.Minute)
	w.start(t, db.MethodText, code.Test)
	w.report("/carrier/status/"+string(first), token, url.Values{"MessageStatus": {"undelivered"}})
	if got := w.state(t, sent.ID); got != db.CodeSent {
		t.Errorf("got %s, want it still to pass", got)
	}
}
