package register

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/check"
	"oneid/app/internal/web"
	"oneid/db"
	view "oneid/views/register"
)

// mountFinish adds what belongs to the last steps beside their pages.
func (h *Handlers) mountFinish(registering gin.IRoutes) {
	registering.GET(view.CallPath, h.Site.Handle(h.getPhoneCall))
	registering.GET(root+completeSlug, h.Site.Handle(h.getComplete))
	registering.GET(existingPath, h.Site.Handle(h.getExisting))
}

// Choosing is password.Whose for the wizard.
func (h *Handlers) Choosing(ctx context.Context) (check.Own, bool, error) {
	s := h.Sessions.Current(ctx)
	if s.Kind != db.SessionRegistration {
		return check.Own{}, false, nil
	}
	return h.Password.Choosing(ctx, s.Draft)
}

// getPhoneCall is asked every few seconds while a test call is on its way. As
// long as nothing has happened there is nothing to say.
func (h *Handlers) getPhoneCall(c *gin.Context) error {
	row, err := strconv.Atoi(c.Query("row"))
	if err != nil || row < 1 || row > maxPhones {
		row = 1
	}
	ended, waiting, err := h.Phone.Called(h.visiting(c), h.draft(c), db.CodeID(c.Query("code")), row)
	if err != nil {
		return err
	}
	if waiting {
		c.Header("Cache-Control", "no-store")
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
		return nil
	}
	return web.RenderBare(c, http.StatusOK, view.PhoneCallEnded(ended))
}

func (h *Handlers) getComplete(c *gin.Context) error {
	out, err := h.Password.Finish.Complete(c.Request.Context(), h.draft(c))
	if err != nil {
		return err
	}
	return h.answer(c, out)
}

func (h *Handlers) getExisting(c *gin.Context) error {
	out, err := h.Password.Finish.Existing(c.Request.Context(), h.draft(c))
	if err != nil {
		return err
	}
	return h.answer(c, out)
}
