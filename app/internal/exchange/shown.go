package exchange

import (
	"fmt"
	"strings"
)

// opaqueRelay is how long a relay state may be that certainly is only a token
// (SAML Bindings 3.4.3).
const opaqueRelay = 80

// Shown is a request as it came, for those who look on: empty when its document
// names somebody, and without a relay state that may tell more than a token does.
func Shown(raw, document string) string {
	if strings.Contains(document, "NameID>") || strings.Contains(document, "EncryptedID>") {
		return ""
	}
	parts := strings.Split(raw, "&")
	for i, part := range parts {
		if relay, found := strings.CutPrefix(part, "RelayState="); found && len(relay) > opaqueRelay {
			parts[i] = fmt.Sprintf("RelayState=(%d)", len(relay))
		}
	}
	return strings.Join(parts, "&")
}
