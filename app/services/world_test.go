package services_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/db"
	"oneid/saml/samltest"
)

// staffed is the product with two service administrators, signed in.
func staffed(t *testing.T, options ...apptest.Option) (w *apptest.App, sade, luc *apptest.Browser) {
	t.Helper()
	w = apptest.New(t, options...)
	return w, admin(w, "Sade", "Okoye"), admin(w, "Luc", "Roy")
}

func admin(w *apptest.App, first, last string) *apptest.Browser {
	w.Helper()
	who := w.Account(apptest.Holder{First: first, Last: last, Email: strings.ToLower(first) + "@example.ca"})
	w.Write(func(ctx context.Context, tx db.Tx) error {
		return db.AddStaffRole(ctx, tx, who.ID, db.ServiceAdministrator)
	})
	return w.SignedIn(who)
}

// sound is metadata with nothing to mend, of a service that nobody knows.
func sound() string { return string(samltest.SoundMetadata(apptest.Noon())) }

const viewerID = "https://viewer.example/saml"

// paste brings metadata as text, up to its explanation.
func paste(b *apptest.Browser, doc string, more ...string) *apptest.Page {
	b.Helper()
	return bring(b, nil, append([]string{"how", "paste", "text", doc}, more...)...).Rest()
}

// propose takes metadata that is explained on a page.
func propose(p *apptest.Page, more ...string) *apptest.Page {
	p.Helper()
	form := []string{"name_en", "Maple Viewer", "name_fr", "Visualiseur Érable"}
	if entity, ok := p.Value("entity"); ok {
		form = append(form, "entity", entity)
	}
	return p.Post(p.Path, append(form, more...)...).Rest()
}

// waitingNumber is the version that the page offers to approve or withdraw.
func waitingNumber(p *apptest.Page) string {
	p.Helper()
	return p.Find(`form[action="/services/withdraw"] input[name="number"]`).AttrOr("value", "")
}

// upload brings a file.
func upload(b *apptest.Browser, doc []byte) *apptest.Page {
	b.Helper()
	return bring(b, doc, "how", "upload")
}

// bring sends the form that brings metadata, as a browser does.
func bring(b *apptest.Browser, doc []byte, fields ...string) *apptest.Page {
	b.Helper()
	return send(b, "/services/import", doc, fields...)
}

// send posts a form that may hold a file.
func send(b *apptest.Browser, path string, doc []byte, fields ...string) *apptest.Page {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "metadata.xml")
	if err == nil {
		_, err = part.Write(doc)
	}
	for i := 0; i+1 < len(fields) && err == nil; i += 2 {
		err = form.WriteField(fields[i], fields[i+1])
	}
	if err != nil {
		b.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.Fatal(err)
	}
	r := b.Request(http.MethodPost, path, url.Values{})
	r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.Do(r)
}
