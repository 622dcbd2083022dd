package delivery

import (
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/code"
	"oneid/db"
	"oneid/views/i18n"
)

const maxCallback = 64 << 10

// Handlers hear what carriers report. They answer machines: no session, no
// page, no cookie.
type Handlers struct {
	DB        *db.DB
	Codes     *code.Rules
	Catalogue *i18n.Catalogue
	// Base is our own address as the carriers know it; they sign it.
	Base string
	// Tokens are those of all carriers' accounts.
	Tokens []string
	Log    *slog.Logger
}

// Mount adds the addresses that carriers call.
func (h *Handlers) Mount(r gin.IRoutes) {
	r.POST(statusAddress+":message", h.authentic(h.postStatus))
	r.POST(voiceAddress+":code", h.authentic(h.postVoice))
}

// authentic lets only signed requests through and answers errors so that the
// carrier tries again.
func (h *Handlers) authentic(next func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxCallback)
		if err := c.Request.ParseForm(); err != nil {
			c.String(http.StatusBadRequest, "unreadable")
			return
		}
		address := h.Base + c.Request.URL.RequestURI()
		if !signedByOne(h.Tokens, c.GetHeader("X-Twilio-Signature"), address, c.Request.PostForm) {
			h.Log.Warn("carrier request refused: bad signature", "route", c.FullPath())
			c.String(http.StatusForbidden, "not signed")
			return
		}
		if err := next(c); err != nil {
			h.Log.Error("carrier request failed", "route", c.FullPath(), "error", err)
			c.String(http.StatusInternalServerError, "try again")
		}
	}
}

// postStatus notes how a text or a call ended. What it says on the way, and
// what it says twice, changes nothing.
func (h *Handlers) postStatus(c *gin.Context) error {
	state, ended := ending(c.PostForm("MessageStatus") + c.PostForm("CallStatus"))
	if !ended {
		c.Status(http.StatusNoContent)
		return nil
	}
	id, ok := uuidOf(c.Param("message"))
	if !ok {
		c.Status(http.StatusNotFound)
		return nil
	}
	row, err := db.MessageByID(c.Request.Context(), h.DB, db.MessageID(id))
	if errors.Is(err, db.ErrNotFound) {
		c.Status(http.StatusNotFound)
		return nil
	}
	if err != nil {
		return err
	}
	problem := ""
	if state == db.MessageFailed {
		problem = shortCode(c.PostForm("ErrorCode"), c.PostForm("CallStatus"), "undelivered")
	}
	if err := settle(c.Request.Context(), h.DB, row, state, problem); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// ending translates a carrier's last word on a text or a call.
func ending(status string) (state string, ended bool) {
	switch status {
	case "delivered", "completed":
		return db.MessageDelivered, true
	case "undelivered", "failed", "busy", "no-answer", "canceled":
		return db.MessageFailed, true
	}
	return "", false
}

// shortCode is the first that is there, cut to what a code looks like.
func shortCode(candidates ...string) string {
	for _, s := range candidates {
		if s != "" {
			return s[:min(len(s), 20)]
		}
	}
	return ""
}

// uuidOf accepts the text form of an id, so that nothing else reaches the
// database.
func uuidOf(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	for i, r := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (r == '-') || !dash && !strings.ContainsRune("0123456789abcdef", r) {
			return "", false
		}
	}
	return s, true
}

// postVoice says what a call says next: the greeting, or the answer to a key.
func (h *Handlers) postVoice(c *gin.Context) error {
	id, ok := uuidOf(c.Param("code"))
	if !ok {
		c.Status(http.StatusNotFound)
		return nil
	}
	lang, _ := i18n.ParseLang(c.Query("lang"))
	ctx := i18n.With(c.Request.Context(), h.Catalogue, lang)
	call := conversation{codes: h.Codes, id: db.CodeID(id)}
	said, err := call.answer(ctx, c.Query("step"), c.PostForm("Digits"))
	if err != nil {
		return err
	}
	return writeXML(c, said)
}

func writeXML(c *gin.Context, r response) error {
	body, err := xml.Marshal(r)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/xml; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
}
