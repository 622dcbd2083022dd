package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"oneid/app/config"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/app/recovery"
	"oneid/db"
	"oneid/views/i18n"
)

// ErrNotCompleted means that a recovery waits as before.
var ErrNotCompleted = errors.New("the recovery is not completed")

// CompleteRecovery is the Service Desk's side of a recovery that waits for a
// call. It writes what is known of it to w, with the two questions to ask, reads
// the caller's answers from r, a line each, and completes the recovery when both
// are right. staff is the Login ID of who speaks with the caller.
func CompleteRecovery(ctx context.Context, cfg config.Config, reference, staff string, r io.Reader, w io.Writer) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	by, err := g.desk(ctx, staff)
	if err != nil {
		return err
	}
	desk := &recovery.Desk{DB: g.db, Audit: g.audit, Questions: &question.Book{
		DB: g.db, Answers: secret.NewAnswers(g.ring, g.hasher), Index: g.ring.Index, Audit: g.audit,
	}}
	waiting, err := desk.Find(ctx, reference)
	if err != nil {
		return deskAdvice(err)
	}
	said, err := i18n.New(i18n.Standing{Brand: cfg.Brand.Name})
	if err != nil {
		return err
	}
	showWaiting(w, waiting)
	answers, lines := [2]string{}, bufio.NewScanner(r)
	for i, asked := range waiting.Questions {
		for _, lang := range []i18n.Lang{i18n.EN, i18n.FR} {
			fmt.Fprintf(w, "%d (%s)  %s\n", i+1, lang, asked.Text.In(i18n.With(ctx, said, lang)))
		}
		fmt.Fprint(w, "Answer: ")
		if !lines.Scan() {
			return errors.Join(lines.Err(), ErrNotCompleted)
		}
		answers[i] = lines.Text()
	}
	out, err := desk.Complete(ctx, reference, answers, by)
	if err != nil {
		return deskAdvice(err)
	}
	return tellOutcome(w, out)
}

// desk is the account of somebody who may speak with callers.
func (g *ground) desk(ctx context.Context, loginID string) (db.AccountID, error) {
	account, err := g.account(ctx, loginID)
	if err != nil {
		return "", err
	}
	roles, err := db.StaffRolesOf(ctx, g.db, account.ID)
	if err != nil {
		return "", err
	}
	if !slices.Contains(roles, db.ServiceDesk) || account.Status != db.AccountActive {
		return "", fmt.Errorf("%s is not of the Service Desk: oneid staff add %s %s", account.LoginID, account.LoginID, db.ServiceDesk)
	}
	return account.ID, nil
}

func showWaiting(w io.Writer, waiting recovery.Waiting) {
	const minutes = "2006-01-02 15:04 MST"
	var given []string
	for _, p := range waiting.Given {
		given = append(given, p.Kind)
	}
	fmt.Fprintf(w, "Login ID  %s\n", waiting.LoginID)
	fmt.Fprintf(w, "Began     %s, %s\n", waiting.Began.UTC().Format(minutes), waiting.Device)
	fmt.Fprintf(w, "Waits     until %s\n", waiting.Until.UTC().Format(minutes))
	fmt.Fprintf(w, "Given     %s\n", strings.Join(given, ", "))
	if len(waiting.Phones) > 0 {
		fmt.Fprintf(w, "Call back a number on file that ends in %s\n", strings.Join(waiting.Phones, ", "))
	}
}

// deskAdvice says what to do about a recovery that can't be completed.
func deskAdvice(err error) error {
	switch {
	case errors.Is(err, recovery.ErrNotWaiting):
		return fmt.Errorf("%w: it may have run out after a day; have the caller begin again", err)
	case errors.Is(err, recovery.ErrStranger):
		return fmt.Errorf("%w: have the caller begin again and check the Login ID and the date of birth", err)
	case errors.Is(err, recovery.ErrNoProof):
		return fmt.Errorf("%w: have the caller begin again and give one proof there first", err)
	case errors.Is(err, recovery.ErrNoQuestions):
		return fmt.Errorf("%w: identify the caller in person, by the manual", err)
	}
	return err
}

func tellOutcome(w io.Writer, out question.Outcome) error {
	switch {
	case out.Right:
		fmt.Fprintln(w, "Completed. The caller chooses a new password in the browser where they began, within half an hour.")
		return nil
	case out.Off:
		return fmt.Errorf("%w: too many wrong answers were given for this account; identify the caller in person", ErrNotCompleted)
	case !out.Until.IsZero():
		return fmt.Errorf("%w: several wrong answers were given; the next are judged from %s", ErrNotCompleted, out.Until.UTC().Format("15:04 MST"))
	}
	return fmt.Errorf("%w: the answers don't match; %d more tries before a wait", ErrNotCompleted, out.Left)
}
