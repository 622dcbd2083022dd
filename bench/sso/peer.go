package main

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/crewjam/saml"
	"github.com/crewjam/saml/samlidp"

	ours "oneid/saml"
)

// The peer is this program again, serving crewjam's samlidp: a process of its
// own, so that its processor time can be told from ours.
const peerAt = "BENCH_SSO_PEER"

// peerCookie is the browser that is signed in there.
const peerCookie = "one-and-only"

// peer is a running samlidp.
type peer struct {
	base    string
	child   *exec.Cmd
	browser *browser
	leash   *os.File // its process ends when this is closed, so also when this one is killed
}

// startPeer starts samlidp with a key and a service it knows.
func startPeer(key ours.SigningKey, metadata []byte) (*peer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	secret, err := key.EncodePEM()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	held, leash, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer held.Close()
	p := &peer{base: "http://" + address, child: exec.Command(self), leash: leash}
	p.browser = newBrowser(p.base)
	p.child.Env = append(os.Environ(), peerAt+"="+address)
	p.child.Stdin, p.child.Stderr = strings.NewReader(string(secret)), os.Stderr
	p.child.ExtraFiles = []*os.File{held}
	if err := p.child.Start(); err != nil {
		return nil, err
	}
	for range 100 {
		if res, err := http.Get(p.base + "/metadata"); err == nil {
			res.Body.Close()
			return p, p.knows(metadata)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.Join(errors.New("samlidp did not start"), p.stop())
}

func (p *peer) knows(metadata []byte) error {
	req, err := http.NewRequest(http.MethodPut, p.base+"/services/one", strings.NewReader(string(metadata)))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("samlidp refuses the service: %s", res.Status)
	}
	return nil
}

func (p *peer) stop() error {
	err := p.leash.Close()
	return errors.Join(err, p.child.Wait())
}

// leashFD is where the peer's process finds the other end of its leash: the first
// of exec.Cmd's ExtraFiles.
const leashFD = 3

// servePeer is what the peer's process does, until its leash is let go.
func servePeer(address string) error {
	go func() {
		_, _ = io.Copy(io.Discard, os.NewFile(leashFD, "leash")) // returns at its end
		os.Exit(0)
	}()
	secret, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	key, err := ours.ReadSigningKey(secret)
	if err != nil {
		return err
	}
	store := &samlidp.MemoryStore{}
	now := time.Now()
	session := &saml.Session{
		ID: peerCookie, NameID: "crowd@example.ca", CreateTime: now, ExpireTime: now.Add(12 * time.Hour), Index: "index",
		UserName: "crowd", UserEmail: "crowd@example.ca", UserCommonName: "Crowd Member", UserSurname: "Member", UserGivenName: "Crowd",
	}
	if err := store.Put("/sessions/"+peerCookie, session); err != nil {
		return err
	}
	server, err := newPeer(address, key.Signer, key.Certificate, store)
	if err != nil {
		return err
	}
	return http.ListenAndServe(address, server)
}

func newPeer(address string, key crypto.Signer, cert *x509.Certificate, store samlidp.Store) (http.Handler, error) {
	return samlidp.New(samlidp.Options{
		URL: url.URL{Scheme: "http", Host: address}, Key: key, Certificate: cert, Store: store,
		Logger: log.New(io.Discard, "", 0),
	})
}
