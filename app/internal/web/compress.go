package web

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

const (
	// smallest is the length in bytes from which compressing pays.
	smallest = 1024
	// padding is the most random-looking bytes added to a compressed page, and
	// padFrom how much of it decides how many: all of any page we have.
	padding = 64
	padFrom = 128 << 10
)

// Compressed squeezes pages for browsers that take gzip. A page that holds both
// a secret and text of an attacker's choice would tell, by its compressed
// length, when the two agree (BREACH): so its length is padded by an amount
// that only the whole page determines. What is compressed already passes as it
// is.
func Compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.EnableZstd(false), // gains little on short pages, and costs more memory
		gzhttp.MinSize(smallest),
		gzhttp.ContentTypes([]string{"text/html", "text/plain", "application/manifest+json"}),
		gzhttp.RandomJitter(padding, padFrom, true),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare compression: %w", err)
	}
	return wrap(next), nil
}
