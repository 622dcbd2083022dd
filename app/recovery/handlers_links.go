package recovery

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/notice"
	"oneid/app/internal/web"
	view "oneid/views/recovery"
)

func (h *Handlers) getLink(c *gin.Context) error {
	token := c.Param("token")
	state, at, err := h.Links.Look(c.Request.Context(), token)
	if err != nil {
		return err
	}
	switch state {
	case Works:
		return web.Render(c, http.StatusOK, view.Link(view.LinkModel{Action: LinkPath + token, At: at}))
	case Used:
		return web.Render(c, http.StatusOK, view.LinkDone())
	}
	return web.Render(c, http.StatusGone, view.LinkExpired())
}

// postLink goes back to the page of the link, which says how it stands now.
func (h *Handlers) postLink(c *gin.Context) error {
	var f proofForm
	if _, err := web.Decode(c, &f); err != nil {
		return err
	}
	ctx, token := c.Request.Context(), c.Param("token")
	if f.Do == view.DoNo {
		path, err := h.Links.Refuse(ctx, token)
		if err != nil {
			return err
		}
		if path != "" {
			return web.Next(c, path)
		}
	} else if err := h.Links.Confirm(ctx, token); err != nil {
		return err
	}
	return web.Next(c, LinkPath+token)
}

func (h *Handlers) getNotMe(c *gin.Context) error {
	token := c.Param("token")
	found, err := h.NotMe.Look(c.Request.Context(), token)
	if err != nil {
		return err
	}
	switch found.State {
	case Works:
		return web.Render(c, http.StatusOK, view.NotMe(view.NotMeModel{
			Action: notice.NotMePath + token, About: found.About, At: found.At,
		}))
	case Used:
		return web.Render(c, http.StatusOK, view.Frozen(found.Reference))
	}
	return web.Render(c, http.StatusGone, view.NotMeExpired())
}

// postNotMe goes back to the page of the link, which says how it stands now.
func (h *Handlers) postNotMe(c *gin.Context) error {
	token := c.Param("token")
	if err := h.NotMe.Freeze(c.Request.Context(), token); err != nil {
		return err
	}
	return web.Next(c, notice.NotMePath+token)
}
