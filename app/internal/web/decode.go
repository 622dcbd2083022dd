package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"

	"oneid/app/internal/fault"
	"oneid/views/form"
	"oneid/views/i18n"
)

// Limits of a form (SECURITY.md 5.5).
const (
	maxFormBytes  = 64 << 10
	maxFormFields = 100
	maxFieldBytes = 4 << 10
)

// switchField is the name of the language button that posts a form.
const switchField = "switch_language"

// Checked is a form that can judge itself.
type Checked interface{ Check(*form.Errors) }

// Values reads a posted form within the limits. Text that is not UTF-8 or holds
// a NUL is refused: nothing downstream expects it.
func Values(c *gin.Context) (url.Values, error) {
	r := c.Request
	if err := parse(c.Writer, r); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, fault.New(fault.TooLarge, err)
		}
		return nil, fault.New(fault.BadRequest, err)
	}
	fields := 0
	for name, values := range r.PostForm {
		fields += len(values)
		for _, v := range values {
			if len(v) > maxFieldBytes || len(name) > maxFieldBytes {
				return nil, fault.New(fault.TooLarge, errors.New("field too long"))
			}
			if !isText(v) || !isText(name) {
				return nil, fault.New(fault.BadRequest, errors.New("field is not text"))
			}
		}
	}
	if fields > maxFormFields {
		return nil, fault.New(fault.TooLarge, errors.New("too many fields"))
	}
	return r.PostForm, nil
}

// Decode reads a posted form into f by its `form` tags, and runs f's own Check.
// Values are kept exactly as sent. Fields without a tag can't be set by a form.
func Decode(c *gin.Context, f Checked) (*form.Errors, error) {
	values, err := Values(c)
	if err != nil {
		return nil, err
	}
	if err := binding.MapFormWithTag(f, values, "form"); err != nil {
		return nil, fault.New(fault.BadRequest, errors.New("form has the wrong shape"))
	}
	errs := new(form.Errors)
	f.Check(errs)
	return errs, nil
}

// SwitchingLanguage tells whether the form was posted by the language button:
// what was typed is shown again in the other language, and nothing is judged.
// The language itself was switched before the handler ran.
func SwitchingLanguage(c *gin.Context) bool {
	return c.Request.PostForm.Get(switchField) != ""
}

// ChosenLanguage returns the language whose button posted the form, if one did.
// It reads the form within the limits; a form that can't be read is left for
// the handler to refuse.
func ChosenLanguage(w http.ResponseWriter, r *http.Request) (i18n.Lang, bool) {
	if r.Method != http.MethodPost || parse(w, r) != nil {
		return "", false
	}
	lang := i18n.Lang(r.PostForm.Get(switchField))
	return lang, lang == i18n.EN || lang == i18n.FR
}

// parse reads the posted form once. Asked again after a failure it fails again.
func parse(w http.ResponseWriter, r *http.Request) error {
	if r.PostForm != nil {
		return nil
	}
	if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/x-www-form-urlencoded") && r.ContentLength != 0 {
		return fmt.Errorf("content type %q", kind)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
	if err := r.ParseForm(); err != nil {
		r.PostForm = nil
		return fmt.Errorf("read form: %w", err)
	}
	return nil
}

// maxMessageBytes bounds a posted SAML message (SECURITY.md 5.4).
const maxMessageBytes = 256 << 10

// PostedMessage reads the one field of a SAML message that another site's page
// posted. It is handed on as it came: package saml judges it. All fields are
// text.
func PostedMessage(c *gin.Context, field string) (string, error) {
	_, message, err := PostedMessageOf(c, field)
	return message, err
}

// PostedMessageOf is PostedMessage for an address that takes messages of several
// kinds: exactly one of the fields is there, and is named. A form with more than
// one message or relay state is not read at all.
func PostedMessageOf(c *gin.Context, fields ...string) (field, message string, err error) {
	r := c.Request
	r.Body = http.MaxBytesReader(c.Writer, r.Body, maxMessageBytes)
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return "", "", fault.New(fault.TooLarge, err)
		}
		return "", "", fault.New(fault.BadRequest, errors.New("message can't be read"))
	}
	for _, values := range r.PostForm {
		for _, v := range values {
			if !isText(v) {
				return "", "", fault.New(fault.BadRequest, errors.New("field is not text"))
			}
		}
	}
	found := len(r.PostForm["SAMLRequest"]) + len(r.PostForm["SAMLResponse"])
	for _, f := range fields {
		for _, v := range r.PostForm[f] {
			field, message = f, v
		}
	}
	if found != 1 || message == "" {
		return "", "", fault.New(fault.BadRequest, fmt.Errorf("%d messages, want one", found))
	}
	if n := len(r.PostForm["RelayState"]); n > 1 {
		return "", "", fault.New(fault.BadRequest, fmt.Errorf("%d relay states", n))
	}
	return field, message, nil
}

// PostedEnvelope reads a SOAP envelope that another site's server posted, within
// the limits of a message.
func PostedEnvelope(c *gin.Context) ([]byte, error) {
	if kind := c.GetHeader("Content-Type"); !strings.HasPrefix(kind, "text/xml") && !strings.HasPrefix(kind, "application/xml") {
		return nil, fault.New(fault.BadRequest, fmt.Errorf("content type %.40q", kind))
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxMessageBytes))
	if err != nil {
		return nil, fault.New(fault.TooLarge, err)
	}
	return body, nil
}
