package passkey

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
)

// Form is how a page posts what a device answered. A capability embeds it in a
// form of its own.
type Form struct {
	Exchange string `form:"exchange"`
	Answer
}

// Answer is what a device answered, each part as base64url. Client, and for a
// proof Data, Signature and Handle, for a new passkey Attestation and
// Transports; the others are empty.
type Answer struct {
	ID          string `form:"credential"`
	Client      string `form:"client"`
	Data        string `form:"data"`
	Signature   string `form:"signature"`
	Handle      string `form:"handle"`
	Attestation string `form:"attestation"`
	Transports  string `form:"transports"` // names with spaces between
}

func (a Answer) credential() (protocol.PublicKeyCredential, error) {
	id, err := decode(a.ID)
	return protocol.PublicKeyCredential{
		Credential: protocol.Credential{ID: a.ID, Type: string(protocol.PublicKeyCredentialType)}, RawID: id,
	}, err
}

// assertion reads the proof of a passkey.
func (a Answer) assertion() (*protocol.ParsedCredentialAssertionData, error) {
	credential, err := a.credential()
	if err != nil {
		return nil, err
	}
	raw := protocol.CredentialAssertionResponse{PublicKeyCredential: credential}
	r := &raw.AssertionResponse
	err = decodeAll(map[*protocol.URLEncodedBase64]string{
		&r.ClientDataJSON: a.Client, &r.AuthenticatorData: a.Data, &r.Signature: a.Signature, &r.UserHandle: a.Handle,
	})
	if err != nil {
		return nil, err
	}
	return raw.Parse()
}

// creation reads a new passkey.
func (a Answer) creation() (*protocol.ParsedCredentialCreationData, error) {
	credential, err := a.credential()
	if err != nil {
		return nil, err
	}
	raw := protocol.CredentialCreationResponse{PublicKeyCredential: credential}
	r := &raw.AttestationResponse
	r.Transports = strings.Fields(a.Transports)
	err = decodeAll(map[*protocol.URLEncodedBase64]string{&r.ClientDataJSON: a.Client, &r.AttestationObject: a.Attestation})
	if err != nil {
		return nil, err
	}
	return raw.Parse()
}

func decodeAll(parts map[*protocol.URLEncodedBase64]string) error {
	for into, text := range parts {
		decoded, err := decode(text)
		if err != nil {
			return err
		}
		*into = decoded
	}
	return nil
}

func decode(text string) ([]byte, error) {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("answer of a passkey is not base64url")
	}
	return decoded, nil
}
