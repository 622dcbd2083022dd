package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// ErrPublished means that a policy's text would change under a version that
// people may have agreed to.
var ErrPublished = errors.New("this version is published with another text")

// PutColleges adds colleges or brings those that are there up to date. Others
// stay: numbers of theirs may be stored.
func PutColleges(ctx context.Context, tx Tx, colleges []College) error {
	if len(colleges) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&colleges).On("CONFLICT (code) DO UPDATE").
		Set("position = EXCLUDED.position").
		Set("name_en = EXCLUDED.name_en").Set("name_fr = EXCLUDED.name_fr").
		Set("short_en = EXCLUDED.short_en").Set("short_fr = EXCLUDED.short_fr").
		Set("rid_system = EXCLUDED.rid_system").
		Set("number_pattern = EXCLUDED.number_pattern").Set("number_example = EXCLUDED.number_example").Set("number_known = EXCLUDED.number_known").
		Set("registry_feed = EXCLUDED.registry_feed").Set("contact = EXCLUDED.contact").
		Exec(ctx)
	return wrap(err, "put colleges")
}

// PutChallengeQuestions makes these the questions on offer. A question that is
// not among them is kept for the people who chose it.
func PutChallengeQuestions(ctx context.Context, tx Tx, questions []ChallengeQuestion) error {
	ids := make([]string, 0, len(questions))
	for _, q := range questions {
		ids = append(ids, q.ID)
	}
	if len(ids) == 0 {
		return errors.New("put challenge questions: there are none")
	}
	_, err := tx.NewInsert().Model(&questions).On("CONFLICT (id) DO UPDATE").
		Set("position = EXCLUDED.position").
		Set("text_en = EXCLUDED.text_en").Set("text_fr = EXCLUDED.text_fr").
		Set("weak = EXCLUDED.weak").Set("offered = EXCLUDED.offered").
		// A question never moves between the kinds: an answer given to the desk
		// would then be asked for online.
		Where("challenge_question.kind = EXCLUDED.kind").
		Exec(ctx)
	if err != nil {
		return wrap(err, "put challenge questions")
	}
	_, err = tx.NewUpdate().Model((*ChallengeQuestion)(nil)).Set("offered = false").
		Where("offered AND id NOT IN (?)", bun.List(ids)).Exec(ctx)
	return wrap(err, "withdraw challenge questions")
}

// PublishDocument adds a version of a policy. Publishing it again changes
// nothing; another text under the same version is ErrPublished.
func PublishDocument(ctx context.Context, tx Tx, d Document) error {
	if _, err := tx.NewInsert().Model(&d).On("CONFLICT (name, version, language) DO NOTHING").Exec(ctx); err != nil {
		return wrap(err, "publish %s %s", d.Name, d.Version)
	}
	held, err := DocumentVersion(ctx, tx, d.Name, d.Version, d.Language)
	if err != nil {
		return err
	}
	if !bytes.Equal(held.SHA256, d.SHA256) || held.Body != d.Body || held.Title != d.Title {
		return fmt.Errorf("publish %s %s in %q: %w", d.Name, d.Version, d.Language, ErrPublished)
	}
	return nil
}

// DocumentVersion finds one version of a policy, in force or not: what someone
// agreed to stays readable.
func DocumentVersion(ctx context.Context, q bun.IDB, name, version, language string) (*Document, error) {
	d := new(Document)
	err := q.NewSelect().Model(d).Where("name = ? AND version = ? AND language = ?", name, version, language).Scan(ctx)
	return d, wrap(err, "find %s %s in %q", name, version, language)
}

// PutServiceTexts adds a service, or refreshes the texts of one that is there.
// Who may open it, where, and whether at all, stays the operator's.
func PutServiceTexts(ctx context.Context, tx Tx, s *Service) error {
	_, err := tx.NewInsert().Model(s).On("CONFLICT (id) DO UPDATE").
		Set("name_en = EXCLUDED.name_en").Set("name_fr = EXCLUDED.name_fr").
		Set("tagline_en = EXCLUDED.tagline_en").Set("tagline_fr = EXCLUDED.tagline_fr").
		Set("who_en = EXCLUDED.who_en").Set("who_fr = EXCLUDED.who_fr").
		Set("updated_at = EXCLUDED.updated_at").
		// Nothing new is no change.
		Where("(service.name_en, service.name_fr, service.tagline_en, service.tagline_fr, service.who_en, service.who_fr) IS DISTINCT FROM " +
			"(EXCLUDED.name_en, EXCLUDED.name_fr, EXCLUDED.tagline_en, EXCLUDED.tagline_fr, EXCLUDED.who_en, EXCLUDED.who_fr)").
		Exec(ctx)
	return wrap(err, "put service %s", s.ID)
}
