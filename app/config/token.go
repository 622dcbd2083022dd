package config

import "os"

// Token is a PKCS#11 token in which SAML keys can live. Without a module there is
// none.
type Token struct {
	// Module is the vendor's library, a file.
	Module string `env:"MODULE"`
	// Label names the token in it.
	Label   string `env:"LABEL"`
	PINFile string `env:"PIN_FILE"`
	// PIN is PINFile's content.
	PIN Secret `env:"-"`
}

func checkToken(c *Config, faults *Faults) {
	t := &c.Token
	if t.Module == "" {
		if t.Label != "" || t.PINFile != "" {
			faults.add("PKCS11_MODULE", "missing: the library of the token that is named")
		}
		return
	}
	if _, err := os.Stat(t.Module); err != nil {
		faults.add("PKCS11_MODULE", "%s cannot be read: %v", t.Module, err)
	}
	if t.Label == "" {
		faults.add("PKCS11_LABEL", "missing: which token of the library")
	}
	if t.PINFile == "" {
		faults.add("PKCS11_PIN_FILE", "missing: the file with the token's PIN")
		return
	}
	t.PIN, _ = readSecret(c, "PKCS11_PIN_FILE", t.PINFile, faults)
}
