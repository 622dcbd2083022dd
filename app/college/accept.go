package college

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/draft"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/saml"
)

// Outcome is how a hand-over ended when it was not refused.
type Outcome struct {
	College   *db.College
	PortalURL string
	// Draft is the registration that is open now; Resumed tells that it was
	// begun before.
	Draft    *draft.Draft
	Resumed  bool
	Language string
	// Inactive is the standing of a certificate that is not active.
	Inactive string
	// Accounts is how many accounts hold this licence already.
	Accounts int
	// AskFirst means that the answer answers no request of ours: the browser
	// is sent to make one.
	AskFirst bool
}

// Accept judges a kept answer for the browser that asks. A *Refusal says why
// not; then nothing was saved but the audit event.
func (r *Rules) Accept(ctx context.Context, code db.CollegeCode, token string, browser []byte) (Outcome, error) {
	out, err := r.accept(ctx, code, token, browser)
	return out, r.noted(ctx, code, err)
}

// noted records a refusal under the number that its page shows. Other errors
// pass. A refusal that can't be recorded is none: its number would lead nowhere.
func (r *Rules) noted(ctx context.Context, code db.CollegeCode, err error) error {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	refusal.Reference = secret.NewReference()
	subject := ""
	if refusal.College != nil {
		subject = string(code) // else it is whatever a stranger typed
	}
	recordErr := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.CollegeEvidenceRefused, Actor: "stranger", Subject: subject, Reference: refusal.Reference,
			Details: map[string]string{"code": refusal.Code, "missing": strings.Join(refusal.Missing, ",")},
		})
	})
	if recordErr != nil {
		return fmt.Errorf("record refusal %s: %w", refusal.Code, recordErr)
	}
	return err
}

func (r *Rules) accept(ctx context.Context, code db.CollegeCode, token string, browser []byte) (Outcome, error) {
	p, err := r.party(ctx, code)
	if err != nil {
		return Outcome{}, err
	}
	message, err := r.take(ctx, p, token)
	if err != nil {
		return Outcome{}, err
	}
	requestID, err := saml.ReadInResponseTo(message)
	if saml.CodeOf(err) == saml.Unsolicited {
		return r.unsolicited(ctx, p, browser, err)
	}
	if err != nil {
		return Outcome{}, p.explained(err)
	}
	if err := r.mine(ctx, p, requestID, browser); err != nil {
		return Outcome{}, err
	}
	evidence, err := p.sp.Accept(message, *p.provider, saml.Expect{RequestID: requestID})
	if err != nil {
		return Outcome{}, p.explained(err)
	}
	facts, missing := p.mapping.facts(evidence, p.college, r.DB.Clock.Now())
	if len(missing) > 0 {
		refusal := refuse(reasonIncomplete, errors.New("facts missing")).about(p.college, p.row)
		refusal.Missing = missing
		return Outcome{}, refusal
	}
	if facts.ConsentedAt.IsZero() {
		return Outcome{}, refuse(reasonNoConsent, errors.New("no consent stated")).about(p.college, p.row)
	}
	return r.use(ctx, p, requestID, evidence, facts)
}

// take opens the kept answer, once.
func (r *Rules) take(ctx context.Context, p *party, token string) (string, error) {
	hash := secret.HashToken(token)
	row, err := db.TakeCollegeResponse(ctx, r.DB, hash, r.DB.Clock.Now())
	if errors.Is(err, db.ErrNotFound) {
		return "", refuse(reasonUsed, err).about(p.college, p.row)
	}
	if err != nil {
		return "", err
	}
	if row.College != p.college.Code {
		return "", refuse(reasonInvalid, errors.New("posted for another college")).about(p.college, p.row)
	}
	message, err := r.Sealer.Open(ctx, responsePlace(hash), row.Message)
	return string(message), err
}

// bounceAfter is how soon after our own request an unsolicited answer is no
// longer a bookmark but a portal that ignores requests.
const bounceAfter = time.Minute

// unsolicited treats an answer to nothing as a wish to register: the browser is
// sent to ask properly. It never opens a wizard by itself, or a stranger could
// plant his own evidence in a victim's browser.
func (r *Rules) unsolicited(ctx context.Context, p *party, browser []byte, cause error) (Outcome, error) {
	asked, err := db.RecentCollegeRequest(ctx, r.DB, p.college.Code, browser, r.DB.Clock.Now().Add(-bounceAfter))
	if err != nil {
		return Outcome{}, err
	}
	if asked || !p.row.BounceUnsolicited {
		return Outcome{}, p.explained(cause)
	}
	return Outcome{College: p.college, AskFirst: true}, nil
}

// mine checks that the answered request was this browser's, and is unused.
func (r *Rules) mine(ctx context.Context, p *party, requestID string, browser []byte) error {
	request, err := db.CollegeRequestByID(ctx, r.DB, requestID)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return refuse(reasonInvalid, errors.New("answers a request we never sent")).about(p.college, p.row)
	case err != nil:
		return err
	case request.College != p.college.Code:
		return refuse(reasonInvalid, errors.New("answers a request to another college")).about(p.college, p.row)
	case string(request.Browser) != string(browser):
		return refuse(reasonOther, errors.New("another browser asked")).about(p.college, p.row)
	case request.UsedAt != nil:
		return refuse(reasonUsed, errors.New("request answered before")).about(p.college, p.row)
	case !request.ExpiresAt.After(r.DB.Clock.Now()):
		return refuse(reasonExpired, errors.New("request expired")).about(p.college, p.row)
	}
	return nil
}

// use takes the request and the assertion, once, in the transaction that opens
// the wizard or says why it stays closed.
func (r *Rules) use(ctx context.Context, p *party, requestID string, e *saml.Evidence, facts draft.Facts) (Outcome, error) {
	number := db.Index(r.Index("number/"+string(p.college.Code), secret.CanonicalNumber(facts.Number)))
	facts.Evidence = db.NewID[db.EvidenceID]()
	message, err := r.Sealer.Seal(ctx, evidencePlace(facts.Evidence), e.SignedXML)
	if err != nil {
		return Outcome{}, err
	}
	sum := sha256.Sum256(e.SignedXML)
	row := &db.Evidence{
		ID: facts.Evidence, College: p.college.Code, Issuer: e.Issuer, AssertionID: e.AssertionID, RequestID: requestID,
		NumberIndex: number, Message: message, SHA256: sum[:], KeyFingerprint: e.KeyFingerprint, Algorithm: e.Algorithm,
		IssuedAt: e.IssueInstant, ConsentedAt: &facts.ConsentedAt, ReceivedAt: facts.ReceivedAt,
	}
	out := Outcome{College: p.college, PortalURL: p.row.PortalURL, Language: facts.Language}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.UseCollegeRequest(ctx, tx, requestID); err != nil {
			return err
		}
		if facts.Status != active {
			out.Inactive = facts.Status
			return r.Audit.Record(ctx, tx, audit.Event{
				Kind: audit.CollegeLicenceInactive, Subject: string(facts.Evidence), Details: map[string]string{"college": string(p.college.Code), "status": facts.Status},
			})
		}
		if err := db.LockLicence(ctx, tx, p.college.Code, number); err != nil {
			return err
		}
		accounts, err := db.AccountsByLicence(ctx, tx, p.college.Code, number)
		if err != nil {
			return err
		}
		kind := audit.CollegeEvidenceAccepted
		if out.Accounts = len(accounts); out.Accounts > 0 {
			kind = audit.CollegeAccountFound
		} else if out.Draft, out.Resumed, err = r.Drafts.Open(ctx, tx, p.college.Code, number, facts); err != nil {
			return err
		} else {
			row.DraftID = out.Draft.ID
		}
		if err := db.InsertEvidence(ctx, tx, row); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: kind, Subject: string(row.ID), Details: map[string]string{
				"college": string(p.college.Code), "assertion": e.AssertionID, "key": e.KeyFingerprint,
				"draft": string(row.DraftID), "accounts": fmt.Sprint(out.Accounts),
			},
		})
	})
	if errors.Is(err, db.ErrExists) || errors.Is(err, db.ErrNotFound) {
		// Another tab or node was first with this request or assertion.
		return Outcome{}, refuse(reasonUsed, err).about(p.college, p.row)
	}
	return out, err
}

func (p *party) explained(err error) error {
	if refusal := explain(err); refusal != nil {
		return refusal.about(p.college, p.row)
	}
	return err
}
