package smtpfake

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
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Mail is what somebody has sent.
type Mail struct {
	From   string   // of the envelope
	To     []string // of the envelope: those who were not refused
	Header mail.Header
	Parts  []Part // that hold no others, in their order
	Raw    []byte // the whole, as it came
	TLS    bool   // it came through TLS
	User   string // who has signed in, "" for nobody
	At     time.Time

	eight bool // bytes over 127 were announced
}

// escape is what may begin with a = in quoted-printable.
var escape = regexp.MustCompile(`=([0-9A-F]{2}|[ \t]*\r\n)`)

// Part is a piece of a mail.
type Part struct {
	Type   string            // such as "text/html"
	Params map[string]string // of the type
	Header textproto.MIMEHeader
	Body   []byte // decoded
}

// ID is the Message-ID without its brackets.
func (m Mail) ID() string { return strings.Trim(m.Header.Get("Message-Id"), "<>") }

// Field is a field of the header as people read it, its words decoded; "" if there
// is none.
func (m Mail) Field(name string) string {
	said := m.Header.Get(name)
	decoded, err := (&mime.WordDecoder{}).DecodeHeader(said)
	if err != nil {
		return said
	}
	return decoded
}

// Text is the first part of plain text, with \n at the ends of lines.
func (m Mail) Text() string { return m.first("text/plain") }

// HTML is the first part of HTML, with \n at the ends of lines.
func (m Mail) HTML() string { return m.first("text/html") }

func (m Mail) first(kind string) string {
	for _, p := range m.Parts {
		if p.Type == kind {
			return strings.ReplaceAll(string(p.Body), "\r\n", "\n")
		}
	}
	return ""
}

// read takes the mail apart. The error is the first rule that it breaks.
func (m *Mail) read() error {
	if err := m.lines(); err != nil {
		return err
	}
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return err
	}
	m.Header = parsed.Header
	if err := m.fields(); err != nil {
		return err
	}
	return m.part(textproto.MIMEHeader(parsed.Header), parsed.Body)
}

// part reads a part and those in it.
func (m *Mail) part(h textproto.MIMEHeader, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("Content-Type %q: %w", h.Get("Content-Type"), err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		return m.multipart(body, params["boundary"])
	}
	decoded, err := decode(h.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		return fmt.Errorf("a part of %s: %w", kind, err)
	}
	if charset := strings.ToLower(params["charset"]); strings.HasPrefix(kind, "text/") && (charset != "utf-8" && charset != "us-ascii" || !utf8.Valid(decoded)) {
		return fmt.Errorf("a part of %s is not text in UTF-8", kind)
	}
	m.Parts = append(m.Parts, Part{Type: kind, Params: params, Header: h, Body: decoded})
	return nil
}

// multipart reads the parts between boundaries, of which the last must be there.
func (m *Mail) multipart(body io.Reader, boundary string) error {
	r, found := multipart.NewReader(body, boundary), false
	for {
		p, err := r.NextRawPart()
		switch {
		case err == io.EOF && found: // it is bare at the last boundary, and wrapped where there is none
			return nil
		case err != nil:
			return fmt.Errorf("the part after a boundary: %w", err)
		}
		found = true
		if err := m.part(p.Header, p); err != nil {
			return err
		}
	}
}

// decode takes off a transfer encoding.
func decode(encoding string, body io.Reader) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "", "7bit", "8bit":
		return io.ReadAll(body)
	case "quoted-printable":
		return unquote(body)
	case "base64":
		return io.ReadAll(base64.NewDecoder(base64.StdEncoding, body))
	}
	return nil, fmt.Errorf("the encoding %q is none", encoding)
}

// unquote decodes quoted-printable. The standard library's reader takes a = that
// begins no escape for itself.
func unquote(body io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(escape.ReplaceAll(raw, nil), []byte("=")) {
		return nil, errors.New("there is a = that begins no escape")
	}
	return io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
}
