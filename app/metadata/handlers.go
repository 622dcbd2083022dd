package metadata

import (
	"bytes"
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
	"oneid/app/internal/web"
	view "oneid/views/metadata"
)

// Handlers answers those who want to know who we are, and the people whom a
// service could not let in.
type Handlers struct {
	Services *Publisher // our side towards services
	Colleges *Publisher // our side towards colleges
	Rules    *Rules
	Site     *web.Site
}

// ErrorPath is the page for people whom a service could not let in.
const ErrorPath = "/saml/error"

// Mount adds the page for people.
func (h *Handlers) Mount(open gin.IRoutes) {
	open.GET(ErrorPath, h.Site.Handle(h.getError))
}

// MountCrossSite adds what services' and colleges' servers fetch.
func (h *Handlers) MountCrossSite(r gin.IRoutes) {
	r.GET("/saml/metadata", h.Site.Handle(h.getServices))
	r.GET("/saml/metadata/:token", h.Site.Handle(h.getOwn))
	r.GET("/college/metadata", h.Site.Handle(h.getColleges))
}

func (h *Handlers) getServices(c *gin.Context) error {
	return send(c, h.Services, "public, max-age=3600")
}

func (h *Handlers) getColleges(c *gin.Context) error {
	return send(c, h.Colleges, "public, max-age=3600")
}

// getOwn is getServices at a service's own address. What stands between us and
// the service must ask us each time, or we would not hear of the fetch.
func (h *Handlers) getOwn(c *gin.Context) error {
	ctx := c.Request.Context()
	at := h.Services.DB.Clock.Now()
	// The keys are read after that time and before it is noted: a key published
	// in between is in the document, or the service counts as late.
	if _, err := h.Services.Current(ctx); err != nil {
		return err
	}
	err := h.Services.Fetched(ctx, c.Param("token"), at)
	if unknown(err) {
		return fault.New(fault.NotFound, err)
	}
	if err != nil {
		return err
	}
	return send(c, h.Services, "private, no-cache")
}

// send answers with the document, or with 304 to whoever has it.
func send(c *gin.Context, p *Publisher, caching string) error {
	document, err := p.Current(c.Request.Context())
	if err != nil {
		return err
	}
	header := c.Writer.Header()
	header.Set("Content-Type", "application/samlmetadata+xml")
	header.Set("Cache-Control", caching)
	header.Set("ETag", document.ETag)
	http.ServeContent(c.Writer, c.Request, "", document.ModifiedAt, bytes.NewReader(document.Body))
	return nil
}

func (h *Handlers) getError(c *gin.Context) error {
	model, err := h.Rules.Explain(c.Request.Context(), Said{
		Code: c.Query("code"), Time: c.Query("ts"), Service: c.Query("rp"), Number: c.Query("tid"),
	})
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.Error(model))
}
