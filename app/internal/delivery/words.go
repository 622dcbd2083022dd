package delivery

import (
	"context"
	"fmt"

	"oneid/app/internal/code"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/i18n"
	"oneid/views/mail"
)

// letterOf chooses the words of a mail.
func letterOf(ctx context.Context, m outbox.Message) (mail.Model, bool) {
	switch m := m.(type) {
	case outbox.Welcome:
		return mail.Model{
			Name:    m.To.Name,
			Subject: i18n.M("mail.welcome.subject"), Body: i18n.M("mail.welcome.body", "LoginID", m.LoginID),
			Never: true,
		}, true
	case outbox.EmailConfirm:
		return mail.Model{
			Name:    m.To.Name,
			Subject: i18n.M("mail.email_confirm.subject"), Body: i18n.M("mail.email_confirm.body", "Link", m.Link),
			Link: m.Link,
		}, true
	case outbox.DraftKept:
		return mail.Model{
			Name:    m.To.Name,
			Subject: i18n.M("mail.draft_kept.subject"),
			Body:    i18n.M("mail.draft_kept.body", "Step", m.Step, "Date", i18n.AsDate(m.Until)),
			Never:   true, NoAccount: true,
		}, true
	case outbox.RegisterAgain:
		return security(m.To, m.Event, i18n.M("mail.register_again.subject"), i18n.M("mail.register_again.body")), true
	case outbox.LoginID:
		return mail.Model{
			Name:    m.To.Name,
			Subject: i18n.M("mail.login_id.subject"), Body: i18n.M("mail.login_id.body", "LoginID", m.LoginID),
			Never: true,
		}, true
	case outbox.RecoveryLink:
		return mail.Model{
			Name:    m.To.Name,
			Subject: i18n.M("mail.recovery_link.subject"), Body: i18n.M("mail.recovery_link.body", "Link", m.Link),
			Link: m.Link,
		}, true
	case outbox.PasswordEnding:
		on := i18n.AsDate(m.On)
		return mail.Model{
			Name:    m.To.Name,
			Subject: i18n.M("mail.password_ending.subject", "Date", on), Body: i18n.M("mail.password_ending.body", "Date", on),
			Never: true,
		}, true
	case outbox.PasswordEnded:
		return mail.Model{
			Name:    m.To.Name,
			Subject: i18n.M("mail.password_ended.subject"), Body: i18n.M("mail.password_ended.body"),
			Never: true,
		}, true
	case outbox.ServiceWarning:
		return mail.Model{
			Name:    m.To.Name,
			Subject: i18n.M("mail.service_warning.subject", "Service", m.Service), Body: warningOf(m), NoAccount: true,
		}, true
	case outbox.Notice:
		return noticeLetter(ctx, m)
	}
	return mail.Model{}, false
}

// pack puts a message into words. A code that can no longer pass is not worth
// sending: ok is false.
func (d *Deliverer) pack(ctx context.Context, row *db.Message) (p Parcel, ok bool, err error) {
	opened, err := outbox.Open(ctx, d.Seal, row)
	if err != nil {
		return Parcel{}, false, err
	}
	lang, _ := i18n.ParseLang(row.Language)
	ctx = i18n.With(ctx, d.Catalogue, lang)
	p = Parcel{ID: row.ID, To: opened.To, Language: lang.Tag(), Code: row.CodeID}
	switch row.Channel {
	case db.ChannelMail:
		model, known := letterOf(ctx, opened.Message)
		if !known {
			return Parcel{}, false, fmt.Errorf("no letter for a message of kind %s", row.Kind)
		}
		p.Letter, err = mail.Compose(ctx, model)
		return p, true, err
	case db.ChannelSMS:
		if said := textOf(opened.Message); !said.Zero() {
			p.Text = mail.Text(ctx, said)
			return p, true, nil
		}
	}
	if _, isCode := opened.Message.(outbox.Code); !isCode {
		return Parcel{}, false, fmt.Errorf("no words for a %s of kind %s", row.Channel, row.Kind)
	}
	return d.packCode(ctx, row, p)
}

// packCode puts a one-time code into the words of its text; a call asks for its
// words when it is answered.
func (d *Deliverer) packCode(ctx context.Context, row *db.Message, p Parcel) (Parcel, bool, error) {
	c, err := db.CodeByID(ctx, d.DB, row.CodeID)
	if err != nil {
		return Parcel{}, false, err
	}
	if c.State != db.CodeSent {
		return Parcel{}, false, nil
	}
	if row.Channel == db.ChannelSMS {
		digits, err := code.Text(d.Ring, c)
		if err != nil {
			return Parcel{}, false, err
		}
		p.Text = mail.Text(ctx, codeText(code.Purpose(c.Purpose), digits, d.Domain, c.ExpiresAt))
	}
	return p, true, nil
}
