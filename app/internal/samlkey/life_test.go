package samlkey_test

import (
	"crypto"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/samlkey"
	"oneid/db"
)

const (
	prompt = "https://sp.example/prompt"
	slow   = "https://sp.example/slow"
	day    = 24 * time.Hour
)

func TestTheFirstKeysAreThoseOfTheFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt)
	if got := w.signs(prompt); got != "signing-1" {
		t.Errorf("%s signs, want signing-1", got)
	}
	p, err := w.ring.Published(t.Context(), w.db)
	w.must(err)
	if len(p.Signing) != 1 || len(p.Encryption) != 1 || p.MetadataKey == nil {
		t.Errorf("published: %d signing, %d encryption, metadata key %v", len(p.Signing), len(p.Encryption), p.MetadataKey)
	}
	w.must(w.ring.Check(t.Context(), w.db))
	// A second process finds nothing to do.
	w.must(w.ring.Adopt(t.Context(), w.db, w.Audit))
	keys, err := db.SAMLKeys(t.Context(), w.db)
	w.must(err)
	if len(keys) != 3 {
		t.Errorf("%d keys after the second start, want 3", len(keys))
	}
	for _, k := range keys {
		if strings.Contains(string(k.Certificate)+k.Place, "PRIVATE") {
			t.Errorf("%s: the database holds a private key", k.ID)
		}
	}
}

func TestANextKeyIsPublishedAndSignsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt)
	next := w.next(db.KeySigning, samlkey.RSA)
	if got := w.signs(prompt); got != "signing-1" {
		t.Errorf("%s signs before the switch", got)
	}
	p, err := w.ring.Published(t.Context(), w.db)
	w.must(err)
	if len(p.Signing) != 2 {
		t.Errorf("%d signing certificates published, want 2", len(p.Signing))
	}
	if _, err := w.Next(t.Context(), "cli", samlkey.New{Use: db.KeySigning, Algorithm: samlkey.RSA, Bits: 2048}); !errors.Is(err, samlkey.ErrComing) {
		t.Errorf("a second next key: %v", err)
	}
	info, err := os.Stat(filepath.Join(w.dir, "saml-"+next+".pem"))
	w.must(err)
	if info.Mode().Perm() != 0o400 {
		t.Errorf("the file's mode is %o, want 0400", info.Mode().Perm())
	}
}

func TestTheSwitchWaitsForEveryService(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt, slow)
	next := w.next(db.KeySigning, samlkey.RSA)
	change := samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.RSA}
	w.clock.Advance(2 * day)
	w.fetch(prompt)

	_, err := w.Switch(t.Context(), "cli", change)
	var early *samlkey.Early
	if !errors.As(err, &early) || len(early.Step.Missing) != 1 || early.Step.Missing[0].EntityID != slow || !early.Step.Due.Equal(start().Add(samlkey.Wait)) {
		t.Fatalf("switched or refused otherwise: %v", err)
	}
	w.must(w.Confirm(t.Context(), "cli", slow))
	late, err := w.Switch(t.Context(), "cli", change)
	w.must(err)
	if len(late) != 0 || w.signs(prompt) != next || w.signs(slow) != next {
		t.Errorf("after all had it: %d late, %s and %s sign, want %s", len(late), w.signs(prompt), w.signs(slow), next)
	}
}

func TestLaggardsKeepTheOldKeyUntilTheirDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt, slow)
	next := w.next(db.KeySigning, samlkey.RSA)
	w.clock.Advance(samlkey.Wait)
	w.fetch(prompt)
	late, err := w.Switch(t.Context(), "cli", samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.RSA, KeepUntil: w.clock.Now().Add(10 * day)})
	w.must(err)
	if len(late) != 1 || w.signs(prompt) != next || w.signs(slow) != "signing-1" {
		t.Fatalf("%d late; %s and %s sign", len(late), w.signs(prompt), w.signs(slow))
	}
	err = w.Retire(t.Context(), "cli", "signing-1", "")
	var early *samlkey.Early
	if !errors.As(err, &early) || !early.Step.Due.Equal(w.clock.Now().Add(10*day)) {
		t.Errorf("retired under a laggard: %v", err)
	}
	w.clock.Advance(10*day - time.Second)
	if got := w.signs(slow); got != "signing-1" {
		t.Errorf("%s signs a second before the date", got)
	}
	w.clock.Advance(time.Second)
	if got := w.signs(slow); got != next {
		t.Errorf("%s signs at the date, want %s", got, next)
	}
	w.must(w.Retire(t.Context(), "cli", "signing-1", ""))
	p, err := w.ring.Published(t.Context(), w.db)
	w.must(err)
	if len(p.Signing) != 1 {
		t.Errorf("%d certificates published after the old one retired", len(p.Signing))
	}
	if row := w.row(slow); row.SigningKey != "" || row.KeepOldUntil != nil {
		t.Errorf("the service still names the retired key: %+v", row)
	}
}

func TestOneServiceGoesAheadOrComesAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt, slow)
	next := w.next(db.KeySigning, samlkey.RSA)
	key, err := w.SwitchService(t.Context(), "cli", prompt)
	w.must(err)
	if key != next || w.signs(prompt) != next || w.signs(slow) != "signing-1" {
		t.Fatalf("%s goes ahead: %s and %s sign", key, w.signs(prompt), w.signs(slow))
	}
	_, err = w.Switch(t.Context(), "cli", samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.RSA, Reason: "drill"})
	w.must(err)
	if w.row(slow).SigningKey != "signing-1" {
		t.Fatal("the one who does not have the key was switched")
	}
	key, err = w.SwitchService(t.Context(), "cli", slow)
	w.must(err)
	if key != next || w.signs(slow) != next {
		t.Errorf("%s signs for the laggard after its own switch", w.signs(slow))
	}
}

func TestAStolenKeyIsGoneAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slow)
	if err := w.Retire(t.Context(), "cli", "signing-1", "stolen"); err == nil {
		t.Fatal("the only key was retired")
	}
	next := w.next(db.KeySigning, samlkey.RSA)
	_, err := w.Switch(t.Context(), "cli", samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.RSA, Reason: "stolen"})
	w.must(err)
	w.must(w.Retire(t.Context(), "cli", "signing-1", "stolen"))
	if got := w.signs(slow); got != next {
		t.Errorf("%s signs after the theft", got)
	}
	if _, err := w.db.Exec("UPDATE service_providers SET signing_key = 'signing-1'"); err != nil {
		t.Fatal(err)
	}
	if got := w.signs(slow); got != next {
		t.Errorf("%s signs although it is retired", got)
	}
}

func TestAnEllipticKeyIsForThoseWhoTakeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt, slow)
	if got := w.signsOf(w.row(prompt), true); got != "signing-1" {
		t.Errorf("%s signs where there is no elliptic key", got)
	}
	next := w.next(db.KeySigning, samlkey.Elliptic)
	w.clock.Advance(day)
	w.fetch(prompt)
	_, err := w.Switch(t.Context(), "cli", samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.Elliptic, Reason: "one takes it"})
	w.must(err)
	for _, test := range []struct {
		entityID string
		elliptic bool
		want     string
	}{{prompt, true, next}, {prompt, false, "signing-1"}, {slow, true, "signing-1"}, {slow, false, "signing-1"}} {
		if got := w.signsOf(w.row(test.entityID), test.elliptic); got != test.want {
			t.Errorf("%s, elliptic %v: %s signs, want %s", test.entityID, test.elliptic, got, test.want)
		}
	}
}

func TestAnEncryptionKeyReadsBeforeAndAfterItIsPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	readers := func() int {
		t.Helper()
		all, err := w.ring.Decrypters(t.Context(), w.db)
		w.must(err)
		return len(all)
	}
	published := func() string {
		t.Helper()
		p, err := w.ring.Published(t.Context(), w.db)
		w.must(err)
		if len(p.Encryption) != 1 {
			t.Fatalf("%d encryption certificates published", len(p.Encryption))
		}
		return p.Encryption[0].Subject.CommonName
	}
	before := published()
	w.next(db.KeyEncryption, samlkey.RSA)
	if readers() != 2 || published() != before {
		t.Errorf("next: %d read, %s published", readers(), published())
	}
	_, err := w.Switch(t.Context(), "cli", samlkey.Switch{Use: db.KeyEncryption, Algorithm: samlkey.RSA})
	w.must(err)
	if readers() != 2 || published() == before {
		t.Errorf("current: %d read, %s published", readers(), published())
	}
	var early *samlkey.Early
	if err := w.Retire(t.Context(), "cli", "encryption-1", ""); !errors.As(err, &early) {
		t.Errorf("retired while others may still write to it: %v", err)
	}
	w.clock.Advance(samlkey.Linger)
	w.must(w.Retire(t.Context(), "cli", "encryption-1", ""))
	if readers() != 1 {
		t.Errorf("%d keys read after the old one retired", readers())
	}
}

func TestANodeWithoutTheNewKeyGoesOnWithTheOld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt, slow)
	next := w.next(db.KeySigning, samlkey.RSA)
	w.clock.Advance(time.Hour)
	w.fetch(prompt)
	hidden := filepath.Join(t.TempDir(), "elsewhere")
	file := filepath.Join(w.dir, "saml-"+next+".pem")
	w.must(os.Rename(file, hidden))
	if err := w.ring.Check(t.Context(), w.db); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "copy saml-"+next+".pem into the key folder of this node") {
		t.Errorf("the check says %v", err)
	}
	w.clock.Advance(samlkey.Wait)
	_, err := w.Switch(t.Context(), "cli", samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.RSA})
	if !errors.Is(err, samlkey.ErrLacks) || !strings.Contains(err.Error(), "copy saml-"+next+".pem") {
		t.Errorf("switched to a key that is not here: %v", err)
	}
	refused := func(entityID string) {
		t.Helper()
		key, err := w.SwitchService(t.Context(), "cli", entityID)
		if !errors.Is(err, samlkey.ErrLacks) || !strings.Contains(err.Error(), "copy saml-"+next+".pem") || key != "" {
			t.Errorf("one service was switched to %q, which is not here: %v", key, err)
		}
	}
	refused(slow)
	_, err = w.Switch(t.Context(), "cli", samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.RSA, Reason: "too soon"})
	w.must(err)
	refused(slow) // a laggard now
	if got := w.signs(prompt); got != "signing-1" {
		t.Errorf("%s signs on a node that lacks %s", got, next)
	}
	w.must(os.Rename(hidden, file))
	w.clock.Advance(time.Minute)
	if got := w.signs(prompt); got != next {
		t.Errorf("%s signs after the key arrived, want %s", got, next)
	}
	key, err := w.SwitchService(t.Context(), "cli", slow)
	w.must(err)
	if key != next || w.signs(slow) != next {
		t.Errorf("%s was said and %s signs after the key arrived, want %s", key, w.signs(slow), next)
	}
	w.must(w.ring.Check(t.Context(), w.db))
}

// killed is a token whose maker ends with the key pair made.
type killed struct{ samlkey.Token }

func (killed) Make(label, _ string, _ bool) (string, crypto.Signer, error) {
	return "", nil, errors.New("killed after making " + label)
}

func TestTheTrailKnowsThatAKeyIsMadeInTheTokenBeforeItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ring.Token = killed{}
	_, err := w.Next(t.Context(), "cli", samlkey.New{Use: db.KeySigning, Algorithm: samlkey.RSA, InToken: true})
	if err == nil || !strings.Contains(err.Error(), "oneid-signing-2") {
		t.Fatalf("made: %v", err)
	}
	events, err := db.AuditOf(t.Context(), w.db, "signing-2", 9)
	w.must(err)
	if len(events) != 1 || events[0].Actor != "cli" || events[0].Details != `{"state":"begun","use":"signing"}` {
		t.Errorf("the trail knows %+v", events)
	}
}

func TestAKeyFileThatIsNotOursAloneIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt)
	w.must(os.Chmod(filepath.Join(w.dir, "saml-services-1.pem"), 0o444))
	other := &samlkey.Ring{Dir: w.dir, Clock: w.clock}
	if _, err := other.SignerFor(t.Context(), w.db, prompt); !errors.Is(err, samlkey.ErrNoKey) {
		t.Errorf("signs with a key that others can read: %v", err)
	}
	for _, place := range []string{"file:../saml-services-1.pem", "file:.hidden", "file:/etc/passwd", "pkcs11:object=x"} {
		if _, err := w.db.Exec("UPDATE saml_keys SET place = ? WHERE id = 'signing-1'", place); err != nil {
			t.Fatal(err)
		}
		if _, err := (&samlkey.Ring{Dir: w.dir, Clock: w.clock}).SignerFor(t.Context(), w.db, prompt); !errors.Is(err, samlkey.ErrNoKey) {
			t.Errorf("%s: %v", place, err)
		}
	}
}

func TestSigningAsksTheDatabaseNothingWhenTheRowIsAtHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt)
	row := w.row(prompt)
	if row.KeyRing == 0 {
		t.Fatal("the row does not bring the version of the keys")
	}
	first, err := w.ring.SignerOf(t.Context(), w.db, row, false)
	w.must(err)
	again, err := w.ring.SignerOf(t.Context(), nil, row, false) // nil: a query would panic
	w.must(err)
	if first.Certificate != again.Certificate {
		t.Error("the certificate was parsed again")
	}
}
