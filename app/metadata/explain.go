package metadata

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"time"

	"oneid/app/internal/words"
	"oneid/db"
	view "oneid/views/metadata"
)

// Rules explains to a person what a service said of its failure.
type Rules struct{ DB *db.DB }

// Said is what a service put into the address (REFEDS error handling profile
// 1.0). Anybody may have made it up.
type Said struct {
	Code    string // ERRORURL_CODE
	Time    string // ERRORURL_TS, in seconds since 1970
	Service string // ERRORURL_RP, the service's entity ID
	Number  string // ERRORURL_TID, the service's own number for it
}

// Explain finds what we know of the service and drops what we don't believe.
// A placeholder that the service left as it is says nothing.
func (r *Rules) Explain(ctx context.Context, said Said) (view.ErrorModel, error) {
	m := view.ErrorModel{Code: said.Code, At: r.DB.Clock.Now()}
	if seconds, err := strconv.ParseInt(said.Time, 10, 64); err == nil {
		// A service's clock may be off; a time far away is no time of this failure.
		if at := time.Unix(seconds, 0).UTC(); at.After(m.At.Add(-believable)) && at.Before(m.At.Add(believable)) {
			m.At = at
		}
	}
	if number.MatchString(said.Number) && said.Number != "ERRORURL_TID" {
		m.Number = said.Number
	}
	if said.Service == "" || len(said.Service) > maxEntityID {
		return m, nil
	}
	provider, err := db.ServiceProviderByEntity(ctx, r.DB, said.Service)
	if errors.Is(err, db.ErrNotFound) || err == nil && !provider.Enabled {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	service, err := db.ServiceByID(ctx, r.DB, provider.ServiceID)
	if err != nil {
		return m, err
	}
	if !service.Enabled {
		return m, nil
	}
	m.Service, m.StartURL, m.Contact = words.Both(service.NameEn, service.NameFr), service.StartURL, service.Contact
	return m, nil
}

const (
	believable  = 24 * time.Hour
	maxEntityID = 256
)

// number is what a service's own number may look like: nothing that reads as a
// sentence or an address.
var number = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)
