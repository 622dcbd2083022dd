package apptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/url"
)

// Device is a person's device with one passkey, and the browser that asks it.
// Its fields may be bent to what an honest one would never say.
type Device struct {
	Origin   string // where the browser says that it is
	Verified bool   // the person passed the device's check
	Synced   bool   // the passkey's provider copies it
	Count    uint32 // the counter, before the next use

	key        *ecdsa.PrivateKey
	id, handle []byte
	party      string
}

// Device is a new device, without a passkey, in front of the product's own page.
func (a *App) Device() *Device {
	a.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.Fatal(err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id) // never fails: crypto/rand ends the program instead
	return &Device{Origin: a.Base, Verified: true, key: key, id: id}
}

// started is what the product tells the page's script.
type started struct {
	Exchange string `json:"exchange"`
	Options  struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

func (b *Browser) start(path string, form url.Values) (started, *Page) {
	b.Helper()
	page := b.Send(path, form, With("Accept", "application/json"))
	var s started
	if page.Status == 200 {
		if err := json.Unmarshal([]byte(page.Body), &s); err != nil {
			b.Fatalf("%s: %v", path, err)
		}
	}
	return s, page
}

// AddPasskey has a device make a passkey, as the page that adds one does. It
// returns the last answer: the refusal to begin, or what became of it.
func (b *Browser) AddPasskey(d *Device, name string) *Page {
	b.Helper()
	s, page := b.start("/profile/passkeys/add", Fields("name", name))
	if page.Status != 200 {
		return page
	}
	return b.Send("/profile/passkeys/made", d.made(s, name))
}

// UsePasskey has a device prove its passkey to the page at path, which begins at
// path/start.
func (b *Browser) UsePasskey(d *Device, path string, more ...string) *Page {
	b.Helper()
	form, page := b.Proof(d, path)
	if form == nil {
		return page
	}
	for name, values := range Fields(more...) {
		form[name] = values
	}
	return b.Send(path, form)
}

// Proof is what UsePasskey would send; without a beginning, only the answer to
// that.
func (b *Browser) Proof(d *Device, path string) (url.Values, *Page) {
	b.Helper()
	s, page := b.start(path+"/start", Fields())
	if page.Status != 200 {
		return nil, page
	}
	return d.proof(s), page
}

func (d *Device) made(s started, name string) url.Values {
	d.party = s.Options.RP.ID
	d.handle, _ = base64.RawURLEncoding.DecodeString(s.Options.User.ID)
	public, _ := d.key.PublicKey.Bytes() // 4, x, y; a key of ours encodes
	x, y := public[1:33], public[33:]
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, x...)
	cose = append(append(cose, 0x22, 0x58, 32), y...)
	data := append(d.data(0x40), make([]byte, 16)...) // no name of a maker
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), cose...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return Fields("exchange", s.Exchange, "name", name, "credential", text64(d.id), "client", text64(d.client("webauthn.create", s)),
		"attestation", text64(append(object, data...)), "transports", "internal")
}

func (d *Device) proof(s started) url.Values {
	d.Count++
	data, client := d.data(0), d.client("webauthn.get", s)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, _ := ecdsa.SignASN1(rand.Reader, d.key, signed[:]) // never fails for a whole key
	return Fields("exchange", s.Exchange, "credential", text64(d.id), "client", text64(client), "data", text64(data),
		"signature", text64(signature), "handle", text64(d.handle))
}

// data is the authenticator data, with the flags beside those of the device.
func (d *Device) data(flags byte) []byte {
	flags |= 0x01 // present
	if d.Verified {
		flags |= 0x04
	}
	if d.Synced {
		flags |= 0x18 // may be and is backed up
	}
	party := sha256.Sum256([]byte(d.party))
	return binary.BigEndian.AppendUint32(append(party[:], flags), d.Count)
}

func (d *Device) client(deed string, s started) []byte {
	said, _ := json.Marshal(map[string]any{ // texts and a truth value encode
		"type": deed, "challenge": s.Options.Challenge, "origin": d.Origin, "crossOrigin": false,
	})
	return said
}

func text64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
