package inbox

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"unicode/utf8"
)

const maxParts = 5

// parseMail reads a message (RFC 5322, MIME) into subject, sender, text and
// HTML. Without a text part, the body is the HTML's source.
func parseMail(data []byte) (Message, error) {
	read, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return Message{}, fmt.Errorf("not a message: %w", err)
	}
	var words mime.WordDecoder
	subject, err := words.DecodeHeader(read.Header.Get("Subject"))
	if err != nil {
		return Message{}, fmt.Errorf("subject: %w", err)
	}
	from, err := words.DecodeHeader(read.Header.Get("From"))
	if err != nil {
		return Message{}, fmt.Errorf("sender: %w", err)
	}
	m := Message{Subject: subject, From: from, Lang: read.Header.Get("Content-Language")}
	head := partHead{read.Header.Get("Content-Type"), read.Header.Get("Content-Transfer-Encoding"), ""}
	if err := m.take(head, read.Body, 0); err != nil {
		return Message{}, err
	}
	if m.Body == "" {
		m.Body = m.HTML
	}
	return m, nil
}

type partHead struct{ kind, encoding, disposition string }

// take reads one part, and the parts inside it, into the message. The first
// text and the first HTML count; attachments do not.
func (m *Message) take(head partHead, body io.Reader, depth int) error {
	if depth > maxParts {
		return errors.New("parts nested too deep")
	}
	if head.kind == "" {
		head.kind = "text/plain; charset=us-ascii"
	}
	kind, params, err := mime.ParseMediaType(head.kind)
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return fmt.Errorf("parts: %w", err)
			}
			inner := partHead{part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part.Header.Get("Content-Disposition")}
			if err := m.take(inner, part, depth+1); err != nil {
				return err
			}
		}
	}
	if strings.HasPrefix(head.disposition, "attachment") || (kind != "text/plain" && kind != "text/html") {
		return nil
	}
	text, err := decode(head.encoding, params["charset"], body)
	if err != nil {
		return err
	}
	switch {
	case kind == "text/plain" && m.Body == "":
		m.Body = text
	case kind == "text/html" && m.HTML == "":
		m.HTML = text
	}
	return nil
}

func decode(encoding, charset string, body io.Reader) (string, error) {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "", "7bit", "8bit", "binary":
	default:
		return "", fmt.Errorf("encoding %q is unknown", encoding)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return "", fmt.Errorf("decode: %w", err)
	}
	switch strings.ToLower(charset) {
	case "", "utf-8", "us-ascii":
		if !utf8.Valid(data) {
			return "", errors.New("text is not UTF-8")
		}
		return strings.ReplaceAll(string(data), "\r\n", "\n"), nil
	}
	return "", fmt.Errorf("character set %q is unknown", charset)
}
