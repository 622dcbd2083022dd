package register

import (
	"context"
	"errors"

	"oneid/app/internal/fault"
	"oneid/db"
	view "oneid/views/register"
)

// collegeOf finds a college and the address of its portal, which may be
// unknown. Without a code it is the first college that people come from.
func (r *Rules) collegeOf(ctx context.Context, code db.CollegeCode) (*db.College, string, error) {
	var college *db.College
	var err error
	if code == "" {
		college, err = db.FirstCollege(ctx, r.DB)
	} else {
		college, err = db.CollegeByCode(ctx, r.DB, code)
	}
	if errors.Is(err, db.ErrNotFound) {
		return nil, "", fault.New(fault.NotFound, err)
	}
	if err != nil {
		return nil, "", err
	}
	provider, err := db.CollegeProviderOf(ctx, r.DB, college.Code)
	if errors.Is(err, db.ErrNotFound) {
		return college, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return college, provider.PortalURL, nil
}

// PreviewLogin tells which Login ID two names being typed would get. Outside an
// open registration it tells nothing: it would say which names are taken.
func (r *Rules) PreviewLogin(ctx context.Context, personal *Personal, id db.DraftID, first, last string) (view.LoginPreview, error) {
	d, err := r.Drafts.Read(ctx, r.DB, id)
	if errors.Is(err, db.ErrNotFound) {
		return view.LoginPreview{}, fault.New(fault.Gone, err)
	}
	if err != nil {
		return view.LoginPreview{}, err
	}
	if d.Account != "" || !r.Steps.Reachable(d, personal.Slug()) {
		return view.LoginPreview{}, fault.New(fault.Gone, nil)
	}
	return personal.Preview(ctx, d.Facts, first, last)
}
