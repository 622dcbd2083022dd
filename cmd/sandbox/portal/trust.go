package portal

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/crewjam/saml"
)

const (
	maxMetadata = 1 << 20
	trustLife   = time.Minute
)

// trust fetches the product's metadata when it is first needed, and again
// from time to time, so that neither side has to start first.
type trust struct {
	url    string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	entity  *saml.EntityDescriptor
	fetched time.Time
}

// current answers metadata no older than a minute, or than fresh demands.
func (t *trust) current(ctx context.Context, fresh bool) (*saml.EntityDescriptor, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.entity != nil && !fresh && t.now().Sub(t.fetched) < trustLife {
		return t.entity, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url, nil)
	if err != nil {
		return nil, err
	}
	res, err := t.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch metadata: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch metadata from %s: %s", t.url, res.Status)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxMetadata))
	if err != nil {
		return nil, err
	}
	entity := &saml.EntityDescriptor{}
	if err := xml.Unmarshal(data, entity); err != nil {
		return nil, fmt.Errorf("read metadata from %s: %w", t.url, err)
	}
	t.entity, t.fetched = entity, t.now()
	return entity, nil
}
