package inbox

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/textproto"
	"strings"
	"time"
)

const (
	maxMail     = 10 << 20
	mailIdle    = 2 * time.Minute
	refusedName = "undeliverable@" // mail to this local part is refused for good
)

// serveMail accepts mail until the listener closes.
func (b *Inbox) serveMail(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			if err := b.talk(conn); err != nil && err != io.EOF {
				log.Printf("inbox: mail from %s: %v", conn.RemoteAddr(), err)
			}
		}()
	}
}

// talk speaks SMTP (RFC 5321) with one client.
func (b *Inbox) talk(conn net.Conn) error {
	in := textproto.NewReader(bufio.NewReader(conn))
	say := func(line string) error {
		conn.SetDeadline(time.Now().Add(mailIdle))
		_, err := io.WriteString(conn, line+"\r\n")
		return err
	}
	if b.faults.of(Mail) == faultDown {
		return nil
	}
	if err := say("220 " + b.place.Host + " ESMTP"); err != nil {
		return err
	}
	var from string
	var to []string
	for {
		line, err := in.ReadLine()
		if err != nil {
			return err
		}
		verb, rest, _ := strings.Cut(line, " ")
		answer := "250 OK"
		switch strings.ToUpper(verb) {
		case "EHLO":
			answer = fmt.Sprintf("250-%s\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE %d", b.place.Host, maxMail)
		case "HELO":
			answer = "250 " + b.place.Host
		case "MAIL":
			from, to = path(rest), nil
			answer = b.judgeSender()
		case "RCPT":
			answer = b.judgeRecipient(path(rest))
			if strings.HasPrefix(answer, "2") {
				to = append(to, path(rest))
			}
		case "DATA":
			if len(to) == 0 {
				answer = "503 5.5.1 No recipient"
				break
			}
			if err := say("354 End with a line that holds only a dot"); err != nil {
				return err
			}
			answer, err = b.takeMail(in, from, to)
			if err != nil {
				return err
			}
			to = nil
		case "RSET":
			to = nil
		case "NOOP":
		case "QUIT":
			return say("221 2.0.0 Goodbye")
		default:
			answer = "502 5.5.1 Not understood"
		}
		if err := say(answer); err != nil {
			return err
		}
	}
}

func (b *Inbox) judgeSender() string {
	switch b.faults.of(Mail) {
	case faultError:
		return "451 4.3.0 Try again later"
	case faultSlow:
		time.Sleep(slowFault)
	}
	return "250 2.1.0 OK"
}

func (b *Inbox) judgeRecipient(to string) string {
	if !strings.Contains(to, "@") {
		return "501 5.1.3 No such address"
	}
	if b.faults.of(Mail) == faultReject || strings.HasPrefix(strings.ToLower(to), refusedName) {
		return "550 5.1.1 No such mailbox"
	}
	return "250 2.1.5 OK"
}

// takeMail reads one message and puts it into every recipient's box.
func (b *Inbox) takeMail(in *textproto.Reader, from string, to []string) (string, error) {
	body := in.DotReader()
	data, err := io.ReadAll(io.LimitReader(body, maxMail+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxMail {
		_, err := io.Copy(io.Discard, body)
		return "552 5.3.4 Too large", err
	}
	if b.faults.of(Mail) == faultDrop {
		return "250 2.0.0 Accepted", nil
	}
	m, err := parseMail(data)
	if err != nil {
		return "554 5.6.0 " + strings.ReplaceAll(err.Error(), "\n", " "), nil
	}
	m.Channel, m.At = Mail, time.Now().UTC()
	if m.From == "" {
		m.From = from
	}
	for _, address := range to {
		m.To = address
		b.store.add(m)
	}
	return "250 2.0.0 Accepted", nil
}

// path takes the address out of FROM:<a@b> or TO:<a@b>.
func path(argument string) string {
	_, after, found := strings.Cut(argument, "<")
	if !found {
		return ""
	}
	address, _, _ := strings.Cut(after, ">")
	return address
}
