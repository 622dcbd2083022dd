package home

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/web"
	view "oneid/views/home"
)

// forgotPasswordPath is also where password managers are led to change one.
const forgotPasswordPath = "/recovery/password"

// exampleLogin shows the shape of a login ID; its domain follows.
const exampleLogin = "JOHN.SMITH@"

func (h *Handlers) getForgotLoginID(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.ForgotLoginID(exampleLogin+h.LoginDomain))
}

func (h *Handlers) getForgotPassword(c *gin.Context) error {
	return web.Render(c, http.StatusOK, view.ForgotPassword())
}
