package profile

import (
	"context"

	"oneid/db"
)

// mostOpenings is how many openings of services are listed.
const mostOpenings = 50

// Receipts are what services received about a person, the newest first, and when
// they were opened.
type Receipts struct {
	Shown    []db.Receipt
	Openings []db.Opened
	Services map[db.ServiceID]*db.Service
}

// Receipts lists what services received about a person.
func (r *Rules) Receipts(ctx context.Context, who db.AccountID) (Receipts, error) {
	found := Receipts{Services: map[db.ServiceID]*db.Service{}}
	var err error
	if found.Shown, err = db.ReceiptsOf(ctx, r.DB, who); err != nil {
		return found, err
	}
	for _, s := range found.Shown {
		if found.Services[s.ServiceID] != nil {
			continue
		}
		if found.Services[s.ServiceID], err = db.ServiceByID(ctx, r.DB, s.ServiceID); err != nil {
			return found, err
		}
	}
	found.Openings, err = db.OpenedBy(ctx, r.DB, who, mostOpenings)
	return found, err
}
