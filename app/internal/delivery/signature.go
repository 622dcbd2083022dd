package delivery

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// signature is what Twilio puts in X-Twilio-Signature: the base64 of the
// HMAC-SHA1, under the account's token, of the address it called followed by
// each parameter's name and value in order of the names.
func signature(token, address string, form url.Values) string {
	var said strings.Builder
	said.WriteString(address)
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range form[name] {
			said.WriteString(name)
			said.WriteString(value)
		}
	}
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(said.String()))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// signedByOne reports whether one of the tokens made the signature. All are
// tried, so that the time tells nothing.
func signedByOne(tokens []string, given, address string, form url.Values) bool {
	signed := 0
	for _, token := range tokens {
		if token != "" {
			signed |= subtle.ConstantTimeCompare([]byte(given), []byte(signature(token, address, form)))
		}
	}
	return signed == 1
}
