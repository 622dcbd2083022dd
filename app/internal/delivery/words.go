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
func letterOf(m outbox.Message) (mail.Model, bool) {
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
	}
	return mail.Model{}, false
}

// security frames what a person should recognise as their own doing.
func security(to outbox.Person, e outbox.Event, subject, body i18n.Msg) mail.Model {
	return mail.Model{
		Name: to.Name, Subject: subject, Body: body,
		At: e.At, Device: e.Device, Place: e.Place, Security: true, NotMe: e.NotMe, Reference: e.Reference, Never: true,
	}
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
	if model, isMail := letterOf(opened.Message); isMail {
		p.Letter, err = mail.Compose(ctx, model)
		return p, true, err
	}
	if _, isCode := opened.Message.(outbox.Code); !isCode {
		return Parcel{}, false, fmt.Errorf("no words for a message of kind %s", row.Kind)
	}
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
		p.Text = mail.CodeText(ctx, code.Purpose(c.Purpose) == code.Test, digits, d.Domain, c.ExpiresAt)
	}
	return p, true, nil
}
