package strictxml_test

import (
	"strings"
	"testing"

	"oneid/saml/strictxml"
)

// The dearest documents that still pass: as many elements, attributes and
// bytes as the limits allow.
func BenchmarkTheDearestThatPasses(b *testing.B) {
	for name, doc := range map[string]string{
		"inflated": request(strings.Repeat(`<saml:a b="1" c="2"/>`, 1999)),
		"posted":   request(strings.Repeat(`<e:a xmlns:e="urn:e" e:b="1" c="2" d="3">`+strings.Repeat("x", 60)+`</e:a>`, 1999)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if err := strictxml.Check([]byte(doc), strictxml.Message()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
