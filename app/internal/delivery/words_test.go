package delivery_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/outbox"
	"oneid/views/i18n"
)

var update = flag.Bool("update", false, "rewrite the golden mails")

// letters are all mails, for the golden files.
func letters(lang i18n.Lang) map[string]outbox.Message {
	to := outbox.Person{Name: "Zoé O’Brien-Tremblay", Email: "zoe@example.ca", Language: lang}
	return map[string]outbox.Message{
		"welcome":       outbox.Welcome{To: to, LoginID: "ZOE.OBRIEN@ONEID.ON.CA"},
		"email_confirm": outbox.EmailConfirm{To: to, Link: "https://oneid.example.ca/email/confirm/abc"},
		"draft_kept":    outbox.DraftKept{To: to, Step: 3, Until: noon.Add(7 * 24 * time.Hour)},
		"register_again": outbox.RegisterAgain{To: to, Event: outbox.Event{
			At: noon, Device: "Firefox, Windows", Place: "Toronto", Reference: "K7Q-42M",
		}},
		"register_again_not_me": outbox.RegisterAgain{To: to, Event: outbox.Event{
			At: noon, NotMe: "https://oneid.example.ca/notme/abc",
		}},
		"login_id":          outbox.LoginID{To: to, LoginID: "ZOE.OBRIEN@ONEID.ON.CA"},
		"recovery_link":     outbox.RecoveryLink{To: to, Link: "https://oneid.example.ca/recovery/link/abc"},
		"password_ending":   outbox.PasswordEnding{To: to, On: noon.Add(30 * 24 * time.Hour)},
		"password_ended":    outbox.PasswordEnded{To: to},
		"password_changed":  told(to, outbox.PasswordChanged{}),
		"recovery_started":  told(to, outbox.RecoveryStarted{}),
		"recovery_done":     told(to, outbox.RecoveryDone{Proofs: []outbox.Proof{outbox.ProofText, outbox.ProofQuestions}}),
		"recovery_desk":     told(to, outbox.RecoveryDesk{Until: noon.Add(24 * time.Hour), Reference: "K7Q-42M"}),
		"questions_changed": told(to, outbox.QuestionsChanged{}),
		"phone_added":       told(to, outbox.PhoneAdded{Last: "23"}),
		"phone_removed":     told(to, outbox.PhoneRemoved{Last: "23"}),
		"passkey_added":     told(to, outbox.PasskeyAdded{Item: "Clinic laptop"}),
		"passkey_removed":   told(to, outbox.PasskeyRemoved{Item: "Clinic laptop"}),
		"passkey_refused":   told(to, outbox.PasskeyRefused{Item: "Clinic laptop"}),
		"codes_made":        told(to, outbox.CodesMade{}),
		"code_used":         told(to, outbox.CodeUsed{Left: 7}),
		"new_device":        told(to, outbox.NewDevice{Proof: outbox.ProofCall}),
		"questions_used":    told(to, outbox.QuestionsUsed{}),
		"many_tries":        told(to, outbox.ManyTries{}),
		"device_copied":     told(to, outbox.DeviceCopied{Item: "Firefox, Windows"}),
		"frozen":            told(to, outbox.Frozen{Reference: "K7Q-42M"}),
		"suspended":         told(to, outbox.Suspended{Reference: "K7Q-42M"}),
		"resumed":           told(to, outbox.Resumed{}),
		"passkey_renamed":   told(to, outbox.PasskeyRenamed{Before: "Laptop", Item: "Clinic laptop"}),
		"phones_ordered":    told(to, outbox.PhonesOrdered{Last: "23"}),
		"device_forgotten":  told(to, outbox.DeviceForgotten{Item: "Clinic laptop"}),
		"devices_forgotten": told(to, outbox.DevicesForgotten{}),
		"device_renamed":    told(to, outbox.DeviceRenamed{Item: "Clinic laptop"}),
		"sessions_ended":    told(to, outbox.SessionsEnded{Count: 2}),

		"service_metadata":  outbox.ServiceWarning{To: to, Service: "ClinicalConnect", What: "metadata_ends", On: noon.Add(14 * 24 * time.Hour)},
		"service_exception": outbox.ServiceWarning{To: to, Service: "ClinicalConnect", What: "exception_ends", Item: "sha1", On: noon.Add(7 * 24 * time.Hour)},
		"service_clock":     outbox.ServiceWarning{To: to, Service: "ClinicalConnect", What: "clock", Number: 140},
	}
}

// told is a notice as package notice sends it.
func told(to outbox.Person, news outbox.News) outbox.Notice {
	event := outbox.Event{At: noon, Device: "Firefox, Windows"}
	if outbox.Freezable(news) {
		event.NotMe = "https://oneid.example.ca/notme/abc"
	}
	return outbox.Notice{To: to, Event: event, News: news}
}

func TestMailReadsAsApproved(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs() {
		for name, m := range letters(lang) {
			t.Run(name+"."+string(lang), func(t *testing.T) {
				t.Parallel()
				w := setUp(t)
				if err := w.work(t, w.send(t, m)); err != nil {
					t.Fatal(err)
				}
				got := w.mail.all()
				if len(got) != 1 {
					t.Fatalf("got %d mails, want 1", len(got))
				}
				subject := decoded(t, got[0].header.Get("Subject"))
				golden(t, name+"."+string(lang)+".txt", subject+"\n\n"+got[0].text)
				golden(t, name+"."+string(lang)+".html", got[0].html)
			})
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// texts are all text messages but codes.
func texts(lang i18n.Lang) []outbox.Message {
	to := outbox.Person{Language: lang}
	event := outbox.Event{At: noon}
	all := []outbox.Message{outbox.LoginID{To: to, Phone: phone, LoginID: "ZOE.OBRIEN@ONEID.ON.CA"}}
	for _, news := range []outbox.News{
		outbox.PasswordChanged{}, outbox.RecoveryStarted{}, outbox.RecoveryDone{}, outbox.QuestionsChanged{}, outbox.PhoneAdded{},
		outbox.PhoneRemoved{}, outbox.PasskeyAdded{}, outbox.PasskeyRemoved{}, outbox.NewDevice{}, outbox.QuestionsUsed{},
		outbox.Frozen{Reference: "K7Q-42M"},
	} {
		all = append(all, outbox.Notice{To: to, Phone: phone, Event: event, News: news})
	}
	return all
}

func TestTextsReadAsApproved(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs() {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			w := setUp(t)
			for _, m := range texts(lang) {
				if n, ok := m.(outbox.Notice); ok && !outbox.ByText(n.News) {
					t.Errorf("%T goes by mail only", n.News)
				}
				if err := w.work(t, w.send(t, m)); err != nil {
					t.Fatal(err)
				}
			}
			var all []string
			for _, post := range w.carrier.got() {
				body := post.Get("Body")
				if n := len([]rune(body)); n > 160 || post.Get("To") != phone {
					t.Errorf("got %d letters to %s: %s", n, post.Get("To"), body)
				}
				all = append(all, body)
			}
			golden(t, "texts."+string(lang)+".txt", strings.Join(all, "\n")+"\n")
		})
	}
}
