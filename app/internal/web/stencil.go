package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"oneid/views/i18n"
	"oneid/views/layout"
	"oneid/views/ui"
)

// Stencils are pages that post to another site, drawn once and kept with holes
// where each visit's values go. The zero value is ready.
type Stencils struct {
	mu   sync.RWMutex
	kept map[stencilKey]*stencil

	buffers sync.Pool // of *[]byte
}

// Filled is a page to draw and the values of one visit.
type Filled struct {
	// Key names all that the page depends on beside language and values.
	Key string
	// Draw draws the page with texts in place of the values. It writes each of
	// them once, as text or in an attribute, whatever they are.
	Draw   func(values []string) ui.Page
	Values []string
	// Target is where the form posts to, and Further the origins that the site
	// there leads on to; see RenderPostBack.
	Target  string
	Further []string
}

type stencilKey struct {
	key, target, further string
	lang                 i18n.Lang
	signedIn             bool
}

type stencil struct {
	csp   string
	parts []string // the page around the holes
	order []int    // which value goes into each
}

// mostStencils bounds what is kept: services times languages, with room.
const mostStencils = 2_000

// PostBack answers with a filled page, as RenderPostBack does with a drawn one.
func (s *Stencils) PostBack(c *gin.Context, f Filled) error {
	ctx := c.Request.Context()
	key := stencilKey{
		key: f.Key + "\x00" + strconv.Itoa(len(f.Values)), target: f.Target, further: strings.Join(f.Further, " "),
		lang: i18n.LangOf(ctx), signedIn: layout.IsSignedIn(ctx),
	}
	s.mu.RLock()
	cut, ok := s.kept[key]
	s.mu.RUnlock()
	if !ok {
		var err error
		if cut, err = cutOut(ctx, f); err != nil {
			return err
		}
		s.keep(key, cut)
	}
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", cut.csp)
	// A signed message hardly shrinks; squeezing it costs more than it saves.
	h.Set(gzhttp.HeaderNoCompression, "yes")
	head(ctx, h)
	buffer, _ := s.buffers.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	defer s.buffers.Put(buffer)
	*buffer = cut.fill((*buffer)[:0], f.Values)
	h.Set("Content-Length", strconv.Itoa(len(*buffer)))
	c.Writer.WriteHeader(http.StatusOK)
	_, err := c.Writer.Write(*buffer)
	return err
}

func (s *Stencils) keep(key stencilKey, cut *stencil) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= mostStencils {
		s.kept = map[stencilKey]*stencil{}
	}
	s.kept[key] = cut
}

// cutOut draws a page with marks that nothing else on it can look like, and cuts
// it there.
func cutOut(ctx context.Context, f Filled) (*stencil, error) {
	u, err := url.Parse(f.Target)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("post to %q: not an absolute address", f.Target)
	}
	cut := &stencil{csp: policy(append([]string{u.Scheme + "://" + u.Host}, f.Further...)...)}
	marks := make([]string, len(f.Values))
	for i := range marks {
		var b [16]byte
		_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
		marks[i] = "mark" + hex.EncodeToString(b[:])
	}
	var page bytes.Buffer
	if err := layout.Shell(f.Draw(marks)).Render(ctx, &page); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	rest := page.String()
	for range marks {
		at, which := -1, 0
		for i, mark := range marks {
			if found := strings.Index(rest, mark); found >= 0 && (at < 0 || found < at) {
				at, which = found, i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("page %s: not every value is on it", f.Key)
		}
		cut.parts, cut.order = append(cut.parts, rest[:at]), append(cut.order, which)
		rest = rest[at+len(marks[which]):]
	}
	cut.parts = append(cut.parts, rest)
	for _, mark := range marks {
		if strings.Contains(rest, mark) {
			return nil, fmt.Errorf("page %s: a value is on it twice", f.Key)
		}
	}
	return cut, nil
}

// fill appends the page to a buffer.
func (s *stencil) fill(page []byte, values []string) []byte {
	for i, which := range s.order {
		page = append(page, s.parts[i]...)
		page = append(page, escaped(values[which])...)
	}
	return append(page, s.parts[len(s.order)]...)
}

// escaped is html.EscapeString, quick for what needs none: messages are long.
func escaped(v string) string {
	for _, special := range []byte(`<>&'"`) {
		if strings.IndexByte(v, special) >= 0 {
			return html.EscapeString(v)
		}
	}
	return v
}
