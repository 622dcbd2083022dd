package site

import (
	"fmt"
	"net"
	"strconv"
)

// Loopback is the only address the sandbox listens on.
const Loopback = "127.0.0.1"

// Place is where one site lives.
type Place struct {
	Name string // short name, used in file names and logs
	Host string // host name without port
	Port int
}

// Base is the site's origin, without a slash at the end.
func (p Place) Base() string { return "http://" + p.Authority() }

// Authority is host and port as they stand in a Host header.
func (p Place) Authority() string { return p.Host + ":" + strconv.Itoa(p.Port) }

// Listen is the address to listen on.
func (p Place) Listen() string { return net.JoinHostPort(Loopback, strconv.Itoa(p.Port)) }

// Map holds the place of every site in the sandbox.
type Map struct {
	Product, Portal, Inbox Place
	Viewers                []Place
	Mail                   string // host:port of the SMTP server
}

// NewMap lays the sites out on their usual ports, all moved by offset.
func NewMap(offset int) Map {
	at := func(name string, port int) Place {
		return Place{Name: name, Host: name + ".localhost", Port: port + offset}
	}
	return Map{
		Product: at("oneid", 8080),
		Portal:  at("cpso", 8081),
		Inbox:   at("inbox", 8090),
		Viewers: []Place{
			at("connectingontario", 8082),
			at("clinicalconnect", 8083),
			at("otnhub", 8084),
			at("cco", 8085),
		},
		Mail: fmt.Sprintf("%s:%d", Loopback, 8025+offset),
	}
}
