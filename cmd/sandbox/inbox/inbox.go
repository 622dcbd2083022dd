package inbox

import (
	"context"
	"embed"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"oneid/cmd/sandbox/site"
)

//go:embed words pages assets
var files embed.FS

// Account is the carrier account the product uses.
const Account = "AC00000000000000000000000000oneid"

// Options says where an inbox lives.
type Options struct {
	Place  site.Place
	Mail   string        // host:port of the SMTP server
	State  string        // folder for the account's token
	Second time.Duration // how long a second of a call lasts; 0 means a second
}

// Inbox is the running mailbox and carrier.
type Inbox struct {
	place   site.Place
	account string
	token   string
	second  time.Duration
	client  *http.Client
	store   *store
	faults  *faults
	pages   *site.Pages
	mailAt  string
	mail    net.Listener
	life    context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup

	mu    sync.Mutex
	calls map[string]*call
}

// New opens the inbox and starts to take mail.
func New(o Options) (*Inbox, error) {
	token, err := loadToken(filepath.Join(o.State, "sites", "carrier.token"))
	if err != nil {
		return nil, err
	}
	words, err := site.ReadWords(files, "words")
	if err != nil {
		return nil, err
	}
	pages, err := site.ReadPages(files, "pages", words)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", o.Mail)
	if err != nil {
		return nil, fmt.Errorf("the mail server cannot listen on %s (is another sandbox running?): %w", o.Mail, err)
	}
	if o.Second == 0 {
		o.Second = time.Second
	}
	b := &Inbox{
		place: o.Place, account: Account, token: token, second: o.Second, client: site.Client(15 * time.Second),
		store: newStore(), faults: newFaults(), pages: pages, mailAt: l.Addr().String(), mail: l, calls: map[string]*call{},
	}
	b.life, b.stop = context.WithCancel(context.Background())
	go b.serveMail(l)
	return b, nil
}

// Token is the secret of the carrier account.
func (b *Inbox) Token() string { return b.token }

// MailAddress is where the SMTP server listens.
func (b *Inbox) MailAddress() string { return b.mailAt }

// Close ends the mail server and every call under way.
func (b *Inbox) Close() error {
	b.stop()
	err := b.mail.Close()
	b.work.Wait()
	return err
}

func loadToken(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(data)), nil
	}
	if !os.IsNotExist(err) {
		return "", err
	}
	token := site.Token()
	return token, site.WriteFile(path, []byte(token+"\n"))
}

// later does something that Close waits for.
func (b *Inbox) later(f func()) {
	b.work.Add(1)
	go func() {
		defer b.work.Done()
		f()
	}()
}

func (b *Inbox) begin(c *call) {
	b.mu.Lock()
	b.calls[c.id] = c
	b.mu.Unlock()
	b.later(func() { c.run(b.life) })
}

func (b *Inbox) forget(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.calls, id)
}

func (b *Inbox) ringing(id string) (*call, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.calls[id]
	return c, ok
}
