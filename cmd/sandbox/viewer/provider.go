package viewer

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
	maxMetadata  = 1 << 20
	metadataLife = time.Minute
)

// provider fetches the product's metadata when it is first needed, and again
// from time to time, so that neither side has to start first.
type provider struct {
	url    string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	entity  *saml.EntityDescriptor
	fetched time.Time
}

// current answers metadata no older than a minute, or than fresh demands.
func (p *provider) current(ctx context.Context, fresh bool) (*saml.EntityDescriptor, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.entity != nil && !fresh && p.now().Sub(p.fetched) < metadataLife {
		return p.entity, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
	if err != nil {
		return nil, err
	}
	res, err := p.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch metadata: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch metadata from %s: %s", p.url, res.Status)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxMetadata))
	if err != nil {
		return nil, err
	}
	entity := &saml.EntityDescriptor{}
	if err := xml.Unmarshal(data, entity); err != nil {
		return nil, fmt.Errorf("read metadata from %s: %w", p.url, err)
	}
	p.entity, p.fetched = entity, p.now()
	return entity, nil
}
