package delivery

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
)

// TLS is how the connection to the mail server is protected.
type TLS string

// The ways. STARTTLS is demanded, never merely tried: a server without it gets
// no mail.
const (
	STARTTLS TLS = "starttls"
	Implicit TLS = "implicit"
	NoTLS    TLS = "none" // for a server on the same machine
)

// SMTP carries mail.
type SMTP struct {
	Host           string
	Port           int
	TLS            TLS
	User, Password string // no sign-in if User is empty
	// From is the sender's address, Brand the name shown with it.
	From, Brand string
	ReplyTo     string // may be empty
	// Domain is ours: it names us to the server and ends each Message-ID.
	Domain string
}

// Name is "smtp".
func (*SMTP) Name() string { return "smtp" }

// Hand sends one mail over a connection of its own. The Message-ID comes from
// the message, so a mail that is sent twice is recognised as one.
func (s *SMTP) Hand(ctx context.Context, p Parcel) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*outboundLimit) // connect, then send
	defer cancel()
	client, err := s.client()
	if err != nil {
		return "", &Trouble{Code: "smtp settings"}
	}
	id := fmt.Sprintf("%s@%s", p.ID, s.Domain)
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(m.FromFormat(s.Brand, s.From), m.To(p.To)); err != nil {
		return "", &Trouble{Code: "address", Final: true}
	}
	if s.ReplyTo != "" {
		if err := m.ReplyTo(s.ReplyTo); err != nil {
			return "", &Trouble{Code: "smtp settings"}
		}
	}
	m.Subject(p.Letter.Subject)
	m.SetDate()
	m.SetMessageIDWithValue(id)
	// No machine should answer, and no list of ours is left by replying.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetGenHeader("Content-Language", p.Language)
	m.SetBodyString(gomail.TypeTextPlain, p.Letter.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, p.Letter.HTML)
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		if m.IsDelivered() {
			// The server has it; only saying goodbye went wrong.
			return id, nil
		}
		return "", smtpTrouble(err)
	}
	return id, nil
}

func (s *SMTP) client() (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(outboundLimit), gomail.WithHELO(s.Domain), gomail.WithoutNoop(),
	}
	switch s.TLS {
	case Implicit:
		options = append(options, gomail.WithSSL())
	case NoTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, options...)
}

// smtpTrouble keeps the server's number and drops its words.
func smtpTrouble(err error) *Trouble {
	var sent *gomail.SendError
	if errors.As(err, &sent) && sent.ErrorCode() != 0 {
		// Only a refusal of the recipient is about this mail alone: 5xx to
		// anything else may be about us and pass.
		final := sent.Reason == gomail.ErrSMTPRcptTo && sent.ErrorCode() >= 500
		return &Trouble{Code: fmt.Sprintf("smtp %d", sent.ErrorCode()), Final: final}
	}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return &Trouble{Code: fmt.Sprintf("smtp %d", reply.Code)}
	}
	return &Trouble{Code: connectionTrouble(err)}
}

func connectionTrouble(err error) string {
	var network net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout() {
		return "timeout"
	}
	return "unreachable"
}
