package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wneessen/go-mail"

	"oneid/cmd/sandbox/site"
)

// opened is an inbox whose seconds last a millisecond.
func opened(t *testing.T) (*Inbox, *httptest.Server) {
	t.Helper()
	b, err := New(Options{Place: site.NewMap(0).Inbox, Mail: "127.0.0.1:0", State: t.TempDir(), Second: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b.Handler())
	t.Cleanup(func() { server.Close(); b.Close() })
	return b, server
}

func TestAFrenchMultipartMailIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	b, server := opened(t)
	host, port, _ := net.SplitHostPort(b.MailAddress())
	number, _ := strconv.Atoi(port)
	client, err := mail.NewClient(host, mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS))
	if err != nil {
		t.Fatal(err)
	}
	m := mail.NewMsg()
	if err := m.FromFormat("ONE ID – Santé Ontario", "oneid@example.ca"); err != nil {
		t.Fatal(err)
	}
	if err := m.To("elodie@example.ca"); err != nil {
		t.Fatal(err)
	}
	subject := "Votre identifiant de connexion à ONE ID est prêt – bienvenue, Élodie Lefèvre-Bélanger"
	text := "Bonjour Élodie,\n\nVoici « votre identifiant » : l’été arrive. " + strings.Repeat("ligne très longue ", 12) + "\n.\n..fin\n"
	m.Subject(subject)
	m.SetBodyString(mail.TypeTextPlain, text)
	m.AddAlternativeString(mail.TypeTextHTML, "<p>Bonjour <b>Élodie</b></p>")
	if err := client.DialAndSend(m); err != nil {
		t.Fatal(err)
	}

	got := messages(t, server.URL, "ELODIE@example.ca")
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	if got[0].Subject != subject {
		t.Errorf("subject %q", got[0].Subject)
	}
	if strings.TrimSpace(got[0].Body) != strings.TrimSpace(text) {
		t.Errorf("body %q, want %q", got[0].Body, text)
	}
	if !strings.Contains(got[0].HTML, "<b>Élodie</b>") || !strings.Contains(got[0].From, "Santé Ontario") {
		t.Errorf("html %q, from %q", got[0].HTML, got[0].From)
	}
}

func TestMailToAnUndeliverableAddressIsRefused(t *testing.T) {
	t.Parallel()
	b, server := opened(t)
	host, port, _ := net.SplitHostPort(b.MailAddress())
	number, _ := strconv.Atoi(port)
	client, _ := mail.NewClient(host, mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS))
	m := mail.NewMsg()
	m.From("oneid@example.ca")
	m.To("undeliverable@example.ca")
	m.SetBodyString(mail.TypeTextPlain, "x")
	if err := client.DialAndSend(m); err == nil || len(messages(t, server.URL, "")) != 0 {
		t.Errorf("err %v", err)
	}
}

func messages(t *testing.T, base, to string) []Message {
	t.Helper()
	res, err := http.Get(base + "/messages?to=" + to)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var got []Message
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSignatureIsTheOneInTheCarriersManual(t *testing.T) {
	t.Parallel()
	got := Sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"},
	})
	if want := "RSOYDt4T1cUTdK1PDd93/VVr8B8="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// script is a product that answers calls with the documents given, by path,
// and remembers what it was asked and told.
type script struct {
	*httptest.Server
	t     *testing.T
	token string

	mu     sync.Mutex
	digits []string
	states []string
}

func newScript(t *testing.T, token string, documents map[string]string) *script {
	s := &script{t: t, token: token}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		if got := r.Header.Get("X-Twilio-Signature"); got != Sign(token, s.URL+r.RequestURI, r.PostForm) {
			t.Errorf("%s is signed %q", r.RequestURI, got)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.URL.Path == "/status" {
			s.states = append(s.states, r.PostFormValue("CallStatus")+r.PostFormValue("MessageStatus"))
			return
		}
		if r.PostForm.Has("Digits") {
			s.digits = append(s.digits, r.PostFormValue("Digits"))
		}
		fmt.Fprint(w, documents[r.URL.Path])
	}))
	t.Cleanup(s.Close)
	return s
}

func (b *Inbox) order(t *testing.T, base, kind string, form url.Values) (int, string) {
	t.Helper()
	req, _ := http.NewRequest(http.MethodPost, base+"/carrier/2010-04-01/Accounts/"+b.account+"/"+kind, strings.NewReader(form.Encode()))
	req.SetBasicAuth(b.account, b.token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var made struct{ Sid string }
	json.NewDecoder(res.Body).Decode(&made)
	return res.StatusCode, made.Sid
}

// until waits for a call to reach its end.
func (b *Inbox) until(t *testing.T, id string) Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		b.store.mu.Lock()
		changed := b.store.changed
		b.store.mu.Unlock()
		if _, open := b.ringing(id); !open {
			m, _ := b.store.one(id)
			return m
		}
		select {
		case <-changed:
		case <-time.After(5 * time.Millisecond): // the last report follows the last change
		case <-ctx.Done():
			m, _ := b.store.one(id)
			t.Fatalf("the call does not end: %+v", m)
		}
	}
}

func TestACallSaysWhatItIsToldAndBringsKeysBack(t *testing.T) {
	t.Parallel()
	const ask = `<Response><Say language="fr-CA">Bonjour.</Say><Gather numDigits="1" action="/key" timeout="5"><Say>Press the digit.</Say></Gather><Say>Nothing heard.</Say><Hangup/></Response>`
	for name, c := range map[string]struct {
		documents map[string]string
		press     string
		body      string
		digits    []string
	}{
		"the right key":           {map[string]string{"/start": ask, "/key": `<Response><Say>Thank you.</Say></Response>`}, "5", "Bonjour.\nPress the digit.\n» 5\nThank you.", []string{"5"}},
		"no key":                  {map[string]string{"/start": ask}, "", "Bonjour.\nPress the digit.\nNothing heard.", nil},
		"two keys for two steps":  {map[string]string{"/start": ask, "/key": `<Response><Gather numDigits="1" action="/again"><Say>Again.</Say></Gather></Response>`, "/again": `<Response><Hangup/></Response>`}, "99", "Bonjour.\nPress the digit.\n» 9\nAgain.\n» 9", []string{"9", "9"}},
		"several digits":          {map[string]string{"/start": `<Response><Gather numDigits="3" action="/key"/></Response>`, "/key": `<Response/>`}, "123", "» 1\n» 2\n» 3", []string{"123"}},
		"until the finishing key": {map[string]string{"/start": `<Response><Gather action="/key"/></Response>`, "/key": `<Response/>`}, "12#", "» 1\n» 2", []string{"12"}},
		"a redirect":              {map[string]string{"/start": `<Response><Redirect>/next</Redirect></Response>`, "/next": `<Response><Say loop="2">Hi.</Say><Pause length="1"/></Response>`}, "", "Hi.\nHi.", nil},
		"a verb we cannot do":     {map[string]string{"/start": `<Response><Record/></Response>`}, "", "[the carrier] An application error has occurred: Record is not allowed in Response", nil},
		"not a document":          {map[string]string{"/start": `<html/>`}, "", "[the carrier] An application error has occurred: the document is a html, not a Response", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, server := opened(t)
			b.second = 20 * time.Millisecond
			product := newScript(t, b.token, c.documents)
			status, id := b.order(t, server.URL, "Calls.json", url.Values{
				"To": {"+14165550123"}, "From": {"+14165550100"}, "Url": {product.URL + "/start"}, "StatusCallback": {product.URL + "/status?x=1"},
				"StatusCallbackEvent": {"initiated", "ringing", "answered", "completed"}, "Timeout": {"500"},
			})
			if status != http.StatusCreated {
				t.Fatalf("status %d", status)
			}
			path, body := "/calls/"+id+"/press", `{"digit":"`+c.press+`"}`
			if c.press == "" {
				path, body = "/calls/"+id+"/answer", `{}`
			}
			res, err := http.Post(server.URL+path, "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			product.mu.Lock()
			if heard := slices.Clone(product.digits); !slices.Equal(heard, c.digits) {
				t.Errorf("%q had come when pressing them was answered", heard)
			}
			product.mu.Unlock()
			m := b.until(t, id)
			if m.Body != c.body {
				t.Errorf("said %q, want %q", m.Body, c.body)
			}
			product.mu.Lock()
			defer product.mu.Unlock()
			if !slices.Equal(product.digits, c.digits) {
				t.Errorf("digits %q, want %q", product.digits, c.digits)
			}
			if want := []string{"initiated", "ringing", "in-progress", "completed"}; !slices.Equal(product.states, want) {
				t.Errorf("states %q, want %q", product.states, want)
			}
		})
	}
}

func TestCallsThatReachNobodySayWhy(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{"+14165550197": "no-answer", "+14165550198": "busy", "+14165550199": "failed", "+14165550123": "no-answer"} {
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			b, server := opened(t)
			product := newScript(t, b.token, nil)
			_, id := b.order(t, server.URL, "Calls.json", url.Values{
				"To": {number}, "From": {"+14165550100"}, "Url": {product.URL + "/start"}, "StatusCallback": {product.URL + "/status"}, "Timeout": {"10"},
			})
			if m := b.until(t, id); m.State != want {
				t.Errorf("state %q, want %q", m.State, want)
			}
			product.mu.Lock()
			defer product.mu.Unlock()
			if !slices.Equal(product.states, []string{want}) {
				t.Errorf("reported %q", product.states)
			}
		})
	}
}

func TestTextsAreDeliveredRefusedOrLostAsSwitched(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		to, fault string
		status    int
		arrives   bool
		states    []string
	}{
		"good":          {"+14165550123", "off", 201, true, []string{"queued", "sent", "delivered"}},
		"undeliverable": {"+14165550199", "off", 201, false, []string{"queued", "sent", "undelivered"}},
		"dropped":       {"+14165550123", "drop", 201, false, []string{"queued", "sent"}},
		"server error":  {"+14165550123", "error", 500, false, nil},
		"not a number":  {"4165550123", "off", 400, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, server := opened(t)
			product := newScript(t, b.token, nil)
			res, err := http.Post(server.URL+"/faults", "application/json", strings.NewReader(`{"sms":"`+c.fault+`"}`))
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			status, _ := b.order(t, server.URL, "Messages.json", url.Values{
				"To": {c.to}, "From": {"+14165550100"}, "Body": {"123456 est votre code"}, "StatusCallback": {product.URL + "/status"},
			})
			b.work.Wait()
			if status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			if got := len(messages(t, server.URL, c.to)) == 1; got != c.arrives {
				t.Errorf("arrived: %v", got)
			}
			if !slices.Equal(product.states, c.states) {
				t.Errorf("states %q, want %q", product.states, c.states)
			}
		})
	}
}

func TestTheCarrierKnowsItsAccount(t *testing.T) {
	t.Parallel()
	b, server := opened(t)
	b.token = "another"
	req, _ := http.NewRequest(http.MethodPost, server.URL+"/carrier/2010-04-01/Accounts/"+b.account+"/Messages.json", nil)
	req.SetBasicAuth(b.account, "wrong")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d", res.StatusCode)
	}
}
