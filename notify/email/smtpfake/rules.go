package smtpfake

import (
	"bytes"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// mostLine is how long a line may be, in bytes without its CRLF (RFC 5322, 2.1.1).
const mostLine = 998

var (
	fieldName = regexp.MustCompile(`^[!-9;-~]+$`)
	messageID = regexp.MustCompile(`^<[^<>@\s,]+@[^<>@\s,]+>$`)
)

// The fields of a header that there must be, those that there may be once, and
// those that must not arrive.
var (
	musts = []string{"From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type"}
	onces = []string{
		"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To", "References",
		"Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
	}
	nevers = []string{"Bcc", "Resent-Bcc"}
)

// lines looks at the bytes of a mail.
func (m *Mail) lines() error {
	rest := bytes.ReplaceAll(m.Raw, []byte("\r\n"), nil)
	if i := bytes.IndexAny(rest, "\r\n\x00"); i >= 0 {
		return fmt.Errorf("there is a bare byte %q", rest[i])
	}
	header, body, ok := bytes.Cut(m.Raw, []byte("\r\n\r\n"))
	if !ok {
		return errors.New("there is no line between header and body")
	}
	for line := range bytes.SplitSeq(m.Raw, []byte("\r\n")) {
		if len(line) > mostLine {
			return fmt.Errorf("a line has %d bytes, over %d", len(line), mostLine)
		}
	}
	if over(header) {
		return errors.New("the header has bytes over 127")
	}
	if over(body) && !m.eight {
		return errors.New("the body has bytes over 127 that were not announced")
	}
	return named(header)
}

// over is whether there are bytes over 127.
func over(b []byte) bool { return slices.ContainsFunc(b, func(c byte) bool { return c > 127 }) }

// named looks at the names of the fields.
func named(header []byte) error {
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		if line[0] == ' ' || line[0] == '\t' {
			if len(bytes.TrimSpace(line)) == 0 {
				return errors.New("a line of the header is blank")
			}
			continue
		}
		if name, _, ok := bytes.Cut(line, []byte(":")); !ok || !fieldName.Match(name) {
			return fmt.Errorf("%q is no field", line)
		}
	}
	return nil
}

// fields looks at the header of a mail.
func (m *Mail) fields() error {
	for _, name := range musts {
		if m.Header.Get(name) == "" {
			return fmt.Errorf("there is no %s", name)
		}
	}
	for _, name := range onces {
		if n := len(m.Header[textproto.CanonicalMIMEHeaderKey(name)]); n > 1 {
			return fmt.Errorf("there are %d of %s", n, name)
		}
	}
	for _, name := range nevers {
		if len(m.Header[name]) > 0 {
			return fmt.Errorf("a %s has arrived", name)
		}
	}
	return m.values()
}

// values looks at what the fields say.
func (m *Mail) values() error {
	if _, err := m.Header.Date(); err != nil {
		return err
	}
	for _, name := range []string{"From", "To", "Cc", "Reply-To"} {
		if _, err := m.Header.AddressList(name); err != nil && !errors.Is(err, mail.ErrHeaderNotPresent) {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if v := m.Header.Get("Mime-Version"); v != "1.0" {
		return fmt.Errorf("the MIME-Version is %q", v)
	}
	if id := m.Header.Get("Message-Id"); !messageID.MatchString(id) {
		return fmt.Errorf("the Message-ID is %q", id)
	}
	for _, name := range []string{"In-Reply-To", "References"} {
		for id := range strings.FieldsSeq(m.Header.Get(name)) {
			if !messageID.MatchString(id) {
				return fmt.Errorf("%s has %q", name, id)
			}
		}
	}
	return nil
}
