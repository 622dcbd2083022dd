package apptest

import (
	"context"
	"fmt"
	"slices"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"oneid/app/internal/audit"
	"oneid/app/internal/delivery"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/i18n"
)

// carrier takes everything it is handed.
type carrier struct {
	caught *Caught
	list   func(*Caught) *[]delivery.Parcel
}

func (carrier) Name() string { return "fake" }

func (c carrier) Hand(_ context.Context, p delivery.Parcel) (string, error) {
	c.caught.mu.Lock()
	defer c.caught.mu.Unlock()
	list := c.list(c.caught)
	*list = append(*list, p)
	return fmt.Sprintf("SM%d", len(*list)), nil
}

func (a *App) lines() map[string]*delivery.Line {
	line := func(list func(*Caught) *[]delivery.Parcel) *delivery.Line {
		return delivery.NewLine(a.Clock, carrier{a.Caught, list})
	}
	return map[string]*delivery.Line{
		db.ChannelMail: line(func(c *Caught) *[]delivery.Parcel { return &c.mails }),
		db.ChannelSMS:  line(func(c *Caught) *[]delivery.Parcel { return &c.texts }),
		db.ChannelCall: line(func(c *Caught) *[]delivery.Parcel { return &c.calls }),
	}
}

// Mails, Texts and Calls are what the carriers have.
func (c *Caught) Mails() []delivery.Parcel { return c.of(&c.mails) }

// Texts are the text messages that the carriers have.
func (c *Caught) Texts() []delivery.Parcel { return c.of(&c.texts) }

// Calls are the calls that the carriers have.
func (c *Caught) Calls() []delivery.Parcel { return c.of(&c.calls) }

func (c *Caught) of(list *[]delivery.Parcel) []delivery.Parcel {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(*list)
}

func (a *App) waiting() []db.Message {
	a.Helper()
	var rows []db.Message
	if err := a.DB.NewSelect().Model(&rows).Where("state = ?", db.MessageWaiting).Order("created_at", "id").Scan(a.Context()); err != nil {
		a.Fatal(err)
	}
	return rows
}

// WantSent wants exactly one message of a kind to wait for its carrier, to this
// recipient, and returns it.
func (a *App) WantSent(kind outbox.Kind, to string) outbox.Message {
	a.Helper()
	var found []outbox.Opened
	for _, row := range a.waiting() {
		if row.Kind != string(kind) {
			continue
		}
		opened, err := outbox.Open(a.Context(), a.Sealer, &row)
		if err != nil {
			a.Fatal(err)
		}
		if opened.To == to {
			found = append(found, opened)
		}
	}
	if len(found) != 1 {
		a.Errorf("%d messages %s to %s, want 1", len(found), kind, to)
		return nil
	}
	return found[0].Message
}

// Errands runs every errand that waits, as the workers would.
func (a *App) Errands() {
	a.Helper()
	var jobs []struct {
		ID   int64
		Args outbox.Errand `bun:",type:jsonb"`
	}
	err := a.DB.NewRaw("DELETE FROM river_job WHERE kind = ? RETURNING id, args", outbox.Errand{}.Kind()).Scan(a.Context(), &jobs)
	if err != nil {
		a.Fatal(err)
	}
	for _, job := range jobs {
		if err := a.node.app.Run(a.Context(), job.Args); err != nil {
			a.Fatalf("errand %s: %v", job.Args.Name, err)
		}
	}
}

// Deliver does what the workers would do with every errand and every message
// that waits.
func (a *App) Deliver() {
	a.Helper()
	a.Errands()
	words, err := i18n.New(i18n.Standing{
		Brand:     a.Config.Brand.Name,
		Agency:    map[i18n.Lang]string{i18n.EN: a.Config.Brand.AgencyEN, i18n.FR: a.Config.Brand.AgencyFR},
		DeskPhone: a.Config.Brand.DeskPhone, DeskEmail: a.Config.Brand.DeskEmail, AgentEmail: a.Config.Brand.AgentEmail,
	})
	if err != nil {
		a.Fatal(err)
	}
	words.Strict = true
	d := &delivery.Deliverer{
		DB: a.DB, Seal: a.Sealer, Ring: a.Ring, Catalogue: words, Lines: a.lines(), Domain: a.Config.Host(),
	}
	for _, row := range a.waiting() {
		job := &river.Job[outbox.Job]{JobRow: &rivertype.JobRow{}, Args: outbox.Job{Message: row.ID}}
		if err := d.Work(a.Context(), job); err != nil {
			a.Fatalf("deliver %s: %v", row.Kind, err)
		}
	}
}

// Audited lists the events of a kind, oldest first.
func (a *App) Audited(kind audit.Kind) []db.AuditEvent {
	a.Helper()
	var events []db.AuditEvent
	if err := a.DB.NewSelect().Model(&events).Where("kind = ?", string(kind)).Order("at", "chain", "seq").Scan(a.Context()); err != nil {
		a.Fatal(err)
	}
	return events
}

// WantAudit wants a number of events of a kind, and returns the last.
func (a *App) WantAudit(kind audit.Kind, want int) db.AuditEvent {
	a.Helper()
	events := a.Audited(kind)
	if len(events) != want {
		a.Errorf("%d events %s, want %d", len(events), kind, want)
	}
	if len(events) == 0 {
		return db.AuditEvent{}
	}
	return events[len(events)-1]
}

// WantIntact wants every audit chain to verify.
func (a *App) WantIntact() {
	a.Helper()
	report, err := (&audit.Log{Keys: a.Ring}).Verify(a.Context(), a.DB, nil)
	if err != nil {
		a.Fatal(err)
	}
	if len(report.Faults) > 0 {
		a.Errorf("the audit trail is broken: %v", report.Faults)
	}
}

// BreakAudit makes the database refuse events of a kind from now on.
func (a *App) BreakAudit(kind audit.Kind) {
	a.Helper()
	a.Exec(`CREATE TRIGGER broken BEFORE INSERT ON audit_events FOR EACH ROW WHEN (NEW.kind = '` + string(kind) + `')
		EXECUTE FUNCTION audit_is_append_only()`)
}
