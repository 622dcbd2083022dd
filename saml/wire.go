package saml

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/beevik/etree"

	"oneid/saml/strictxml"
)

const maxQuery = 16 << 10

// inflaters are used again because each holds 40 KB. They keep nothing of a
// message that another could read.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// NewID returns a fresh message ID: 128 random bits, in the form of an NCName.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])
	return "_" + hex.EncodeToString(b[:])
}

// decodePost returns the document inside a form parameter.
func decodePost(value string) ([]byte, error) {
	limit := strictxml.Message().Bytes
	if len(value) > base64.StdEncoding.EncodedLen(limit)+limit/32 {
		return nil, refuse(TooLarge, "a message of %d characters", len(value))
	}
	doc, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(value))
	if err != nil || len(doc) == 0 {
		return nil, refuse(BadEncoding, "the message is not base64")
	}
	return doc, nil
}

// inflate returns the document inside a redirect parameter. It reads one byte
// more than allowed and no further, whatever the compressed data claims.
func inflate(value string) ([]byte, error) {
	packed, err := base64.StdEncoding.Strict().DecodeString(value)
	if err != nil || len(packed) == 0 {
		return nil, refuse(BadEncoding, "the message is not base64")
	}
	limit := strictxml.Inflated().Bytes
	var doc bytes.Buffer
	doc.Grow(4 * len(packed))
	inflater := inflaters.Get()
	defer inflaters.Put(inflater)
	// Reset has no error for a reader without a dictionary.
	_ = inflater.(flate.Resetter).Reset(bytes.NewReader(packed), nil)
	_, err = io.Copy(&doc, io.LimitReader(inflater.(io.Reader), int64(limit)+1))
	if doc.Len() > limit {
		return nil, refuse(TooLarge, "the message inflates to more than %d bytes", limit)
	}
	if err != nil || doc.Len() == 0 {
		return nil, refuse(BadEncoding, "the message is not DEFLATE")
	}
	return doc.Bytes(), nil
}

func deflate(doc []byte) (string, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(doc); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

// parse lets a document through the gate and returns its root.
func parse(doc []byte, limits strictxml.Limits) (*etree.Element, error) {
	root, err := strictxml.Read(doc, limits)
	if err != nil {
		return nil, refusalOf(err)
	}
	return root, nil
}

// validID accepts an NCName of 16 to 128 ASCII characters: long enough to be
// random, short enough to be stored.
func validID(id string) bool { return len(id) >= 16 && speakable(id) }

// speakable tells whether an answer can say which request it is to, however
// easily another's ID could be the same.
func speakable(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}

// parseTime reads an xs:dateTime, which SAML Core 1.3.3 wants in UTC. One
// without a zone is taken as UTC too.
func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, refuse(Malformed, "a time that is none")
}

// instant is how we write times: UTC, to the second.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
