package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/fault"
)

// Upload is a posted form with a document in it: as a file, or pasted into a
// field.
type Upload struct {
	Values   url.Values
	Document []byte // of the file; empty when none was chosen
	TooLarge bool   // the file is larger than allowed; Document is empty
}

// Uploaded reads a posted form that may hold a file in one field and a long text
// in another, each at most so many bytes. Everything else is limited as in any
// form.
func Uploaded(c *gin.Context, file, long string, most int) (Upload, error) {
	r := c.Request
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		values, err := Values(c)
		return Upload{Values: values}, err
	}
	// One byte more than allowed of each, so that what is too large is told apart
	// from what does not end.
	r.Body = http.MaxBytesReader(c.Writer, r.Body, int64(2*most+maxFormBytes))
	reader, err := r.MultipartReader()
	if err != nil {
		return Upload{}, fault.New(fault.BadRequest, err)
	}
	up := Upload{Values: url.Values{}}
	for fields := 0; ; fields++ {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return up, nil
		}
		if err != nil {
			return Upload{}, unread(err)
		}
		if fields == maxFormFields {
			return Upload{}, fault.New(fault.TooLarge, errors.New("too many fields"))
		}
		if err := up.take(part, file, long, most); err != nil {
			return Upload{}, err
		}
	}
}

func (u *Upload) take(part *multipart.Part, file, long string, most int) error {
	name, limit := part.FormName(), maxFieldBytes
	if name == file || name == long {
		limit = most
	}
	body, err := io.ReadAll(io.LimitReader(part, int64(limit+1)))
	switch {
	case err != nil:
		return unread(err)
	case name == file:
		if u.TooLarge = len(body) > limit; !u.TooLarge {
			u.Document = body
		}
		return nil
	case len(body) > limit || len(name) > maxFieldBytes:
		return fault.New(fault.TooLarge, errors.New("field too long"))
	case !isText(string(body)) || !isText(name):
		return fault.New(fault.BadRequest, errors.New("field is not text"))
	}
	u.Values.Add(name, string(body))
	return nil
}

func unread(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, err)
	}
	return fault.New(fault.BadRequest, fmt.Errorf("read upload: %w", err))
}
