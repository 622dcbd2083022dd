package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"
	"sync"
)

//go:embed dist/app.css js/*.js vendor/htmx.min.js fonts/*.woff2 icons/*
var embedded embed.FS

// Prefix is where the files are served.
const Prefix = "/static/"

// asset is one file, ready to be sent.
type asset struct {
	name   string // as written in code: app.css
	hashed string // as served: app.1a2b3c4d.css
	kind   string // its content type
	etag   string
	plain  []byte
	zipped []byte // nil where compressing does not pay
}

// site is every file, by both of its names.
type site struct {
	byName   map[string]*asset
	byHashed map[string]*asset
}

// loaded reads the files once. They are part of the program, so a fault here is
// a fault of the build and stops it at the first use.
var loaded = sync.OnceValue(func() site {
	s, err := load(embedded)
	if err != nil {
		panic(err)
	}
	return s
})

// URL is the address of a file: URL("app.css") is "/static/app.1a2b3c4d.css".
// It panics for a file that does not exist, for no page can mend that.
func URL(name string) string {
	a := loaded().byName[name]
	if a == nil {
		panic(fmt.Sprintf("static: no file %q", name))
	}
	return Prefix + a.hashed
}

// Has reports whether there is a file of this name.
func Has(name string) bool { return loaded().byName[name] != nil }

// URLs lists every address, sorted: what the service worker keeps.
func URLs() []string {
	urls := make([]string, 0, len(loaded().byHashed))
	for hashed := range loaded().byHashed {
		urls = append(urls, Prefix+hashed)
	}
	sort.Strings(urls)
	return urls
}

func load(files fs.FS) (site, error) {
	s := site{byName: map[string]*asset{}, byHashed: map[string]*asset{}}
	// Styles go last: they name the fonts by their hashed names.
	for _, pattern := range []string{"icons/*", "fonts/*", "vendor/*", "js/*", "dist/*"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return site{}, fmt.Errorf("list %s: %w", pattern, err)
		}
		for _, name := range names {
			content, err := fs.ReadFile(files, name)
			if err != nil {
				return site{}, fmt.Errorf("read %s: %w", name, err)
			}
			if err := s.add(path.Base(name), content); err != nil {
				return site{}, err
			}
		}
	}
	return s, nil
}

var fontURL = regexp.MustCompile(`\.\./fonts/([a-z0-9.-]+)`)

func (s site) add(name string, content []byte) error {
	kind := contentType(name)
	if kind == "" {
		return fmt.Errorf("static: no content type for %s", name)
	}
	if strings.HasSuffix(name, ".css") {
		content = fontURL.ReplaceAllFunc(content, func(m []byte) []byte {
			if font := s.byName[path.Base(string(m))]; font != nil {
				return []byte(Prefix + font.hashed)
			}
			return m
		})
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	ext := path.Ext(name)
	a := &asset{
		name:   name,
		hashed: strings.TrimSuffix(name, ext) + "." + hash[:8] + ext,
		kind:   kind,
		etag:   `"` + hash[:16] + `"`,
		plain:  content,
	}
	zipped, err := squeeze(content)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	if len(zipped) < len(content)*9/10 {
		a.zipped = zipped
	}
	s.byName[name], s.byHashed[a.hashed] = a, a
	return nil
}

func squeeze(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	case ".svg":
		return "image/svg+xml"
	case ".ico":
		return "image/x-icon"
	}
	return ""
}
