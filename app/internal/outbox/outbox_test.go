package outbox

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneid/db"
	"oneid/views/i18n"
)

func TestEveryMessageReadsBackWithoutItsRecipient(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)
	to := Person{Account: "a", Draft: "d", Name: "Ada", Email: "ada@example.ca", Language: i18n.FR}
	inside := Person{Name: "Ada"} // the rest is in the row
	for _, c := range []struct{ sent, want Message }{
		{Welcome{To: to, LoginID: "ADA@ONEID.ON.CA"}, Welcome{To: inside, LoginID: "ADA@ONEID.ON.CA"}},
		{EmailConfirm{To: to, Link: "https://oneid.example.ca/x"}, EmailConfirm{To: inside, Link: "https://oneid.example.ca/x"}},
		{DraftKept{To: to, Step: 3, Until: at}, DraftKept{To: inside, Step: 3, Until: at}},
		{RegisterAgain{To: to, Event: Event{At: at, Reference: "K7Q-42M"}}, RegisterAgain{To: inside, Event: Event{At: at, Reference: "K7Q-42M"}}},
		{Code{ID: "c", Number: "+14165550123", Method: db.MethodCall, Language: i18n.FR, ExpiresAt: at}, Code{ID: "c", Method: db.MethodCall, ExpiresAt: at}},
		{LoginID{To: to, LoginID: "A"}, LoginID{To: inside, LoginID: "A"}},
		{LoginID{To: to, Phone: "+14165550123", LoginID: "A"}, LoginID{To: inside, LoginID: "A"}},
		{RecoveryLink{To: to, Link: "https://x/r"}, RecoveryLink{To: inside, Link: "https://x/r"}},
		{PasswordEnding{To: to, On: at}, PasswordEnding{To: inside, On: at}},
		{PasswordEnded{To: to}, PasswordEnded{To: inside}},
		{Notice{To: to, Event: Event{At: at}, News: PasswordChanged{}}, Notice{To: inside, Event: Event{At: at}, News: PasswordChanged{}}},
		{Notice{To: to, News: RecoveryStarted{}}, Notice{To: inside, News: RecoveryStarted{}}},
		{Notice{To: to, News: RecoveryDone{Proofs: []Proof{ProofText}}}, Notice{To: inside, News: RecoveryDone{Proofs: []Proof{ProofText}}}},
		{Notice{To: to, News: RecoveryDesk{Until: at}}, Notice{To: inside, News: RecoveryDesk{Until: at}}},
		{Notice{To: to, News: QuestionsChanged{}}, Notice{To: inside, News: QuestionsChanged{}}},
		{Notice{To: to, Phone: "+14165550123", News: PhoneAdded{Last: "23"}}, Notice{To: inside, News: PhoneAdded{Last: "23"}}},
		{Notice{To: to, News: PhoneRemoved{Last: "23"}}, Notice{To: inside, News: PhoneRemoved{Last: "23"}}},
		{Notice{To: to, News: PasskeyAdded{Item: "a"}}, Notice{To: inside, News: PasskeyAdded{Item: "a"}}},
		{Notice{To: to, News: PasskeyRemoved{Item: "a"}}, Notice{To: inside, News: PasskeyRemoved{Item: "a"}}},
		{Notice{To: to, News: PasskeyRefused{Item: "a"}}, Notice{To: inside, News: PasskeyRefused{Item: "a"}}},
		{Notice{To: to, News: CodesMade{}}, Notice{To: inside, News: CodesMade{}}},
		{Notice{To: to, News: CodeUsed{Left: 7}}, Notice{To: inside, News: CodeUsed{Left: 7}}},
		{Notice{To: to, News: NewDevice{Proof: ProofCall}}, Notice{To: inside, News: NewDevice{Proof: ProofCall}}},
		{Notice{To: to, News: QuestionsUsed{}}, Notice{To: inside, News: QuestionsUsed{}}},
		{Notice{To: to, News: ManyTries{}}, Notice{To: inside, News: ManyTries{}}},
		{Notice{To: to, News: DeviceCopied{Item: "a"}}, Notice{To: inside, News: DeviceCopied{Item: "a"}}},
		{Notice{To: to, News: Frozen{}}, Notice{To: inside, News: Frozen{}}},
		{Notice{To: to, News: PasskeyRenamed{"a", "b"}}, Notice{To: inside, News: PasskeyRenamed{"a", "b"}}},
		{Notice{To: to, News: PhonesOrdered{"23"}}, Notice{To: inside, News: PhonesOrdered{"23"}}},
		{Notice{To: to, News: DeviceForgotten{"a"}}, Notice{To: inside, News: DeviceForgotten{"a"}}},
		{Notice{To: to, News: DevicesForgotten{}}, Notice{To: inside, News: DevicesForgotten{}}},
		{Notice{To: to, News: DeviceRenamed{"a", "b"}}, Notice{To: inside, News: DeviceRenamed{"a", "b"}}},
		{Notice{To: to, News: SessionsEnded{2}}, Notice{To: inside, News: SessionsEnded{2}}},
	} {
		e := c.sent.envelope()
		content, err := json.Marshal(c.sent)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(e.kind, content)
		if err != nil {
			t.Errorf("%s: %v", e.kind, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", e.kind, diff)
		}
		if e.to == "" || e.language != i18n.FR {
			t.Errorf("%s: got envelope %+v, want a recipient and a language", e.kind, e)
		}
	}
	if _, err := Read("nonsense", []byte("{}")); err == nil {
		t.Error("a kind that does not exist was read")
	}
}

func TestWhatIsShownOfARecipient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ channel, to, want string }{
		{db.ChannelMail, "r.burt@example.ca", "r•••@example.ca"},
		{db.ChannelMail, "é@example.ca", "é•••@example.ca"},
		{db.ChannelMail, "@example.ca", "•••"},
		{db.ChannelMail, "nonsense", "•••"},
		{db.ChannelSMS, "+14165550123", "•••23"},
		{db.ChannelCall, "+", "•••+"},
		{db.ChannelCall, "", "•••"},
	} {
		if got := mask(c.channel, c.to); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.channel, c.to, got, c.want)
		}
	}
}
