package smtpfake

import (
	"strings"
	"testing"
)

// good is a mail that breaks no rule.
const good = "From: Herald <herald@example.com>\r\n" +
	"To: ann@example.com\r\n" +
	"Subject: =?utf-8?q?fertig_=E2=9C=85?=\r\n" +
	"Date: Sat, 21 Nov 2026 18:30:00 +0000\r\n" +
	"Message-ID: <msg_1@example.com>\r\n" +
	"In-Reply-To: <a@example.com>\r\n" +
	"References: <a@example.com> <b@example.com>\r\n\t<c@example.com>\r\n" +
	"MIME-Version: 1.0\r\n" +
	"Content-Type: multipart/alternative; boundary=BB\r\n" +
	"\r\n" +
	"--BB\r\n" +
	"Content-Type: text/plain; charset=UTF-8\r\n" +
	"Content-Transfer-Encoding: quoted-printable\r\n" +
	"\r\n" +
	"fr=C3=BCh\r\n" +
	"--BB\r\n" +
	"Content-Type: text/html; charset=UTF-8\r\n" +
	"Content-Transfer-Encoding: base64\r\n" +
	"\r\n" +
	"PHA+ZnLDvGg8L3A+\r\n" +
	"--BB--\r\n"

func TestAGoodMail(t *testing.T) {
	t.Parallel()
	m := Mail{Raw: []byte(good)}
	if err := m.read(); err != nil {
		t.Fatal(err)
	}
	if m.Field("Subject") != "fertig ✅" || m.Text() != "früh" || m.HTML() != "<p>früh</p>" || m.ID() != "msg_1@example.com" {
		t.Errorf("%q %q %q %q", m.Field("Subject"), m.Text(), m.HTML(), m.ID())
	}
	eight := Mail{Raw: []byte(strings.NewReplacer("quoted-printable", "8bit", "=C3=BC", "ü").Replace(good)), eight: true}
	if err := eight.read(); err != nil || eight.Text() != "früh" {
		t.Error("bytes over 127 that were announced:", err)
	}
}

func TestAHeaderAlone(t *testing.T) {
	t.Parallel()
	m := Mail{Raw: []byte("From: herald@example.com\r\n")}
	if err := m.read(); err == nil || !strings.Contains(err.Error(), "no line between") {
		t.Error(err)
	}
}

func TestEachRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"a bare line feed":       {"fr=C3=BCh\r\n", "fr=C3=BCh\n", "bare"},
		"a bare return":          {"fr=C3=BCh", "fr\rh", "bare"},
		"a zero":                 {"fr=C3=BCh", "fr\x00h", "bare"},
		"no line after it":       {"\r\n\r\n", "\r\n", "is no field"},
		"a long line":            {"fr=C3=BCh", strings.Repeat("a", 999), "999 bytes"},
		"a long field":           {"Subject: ", "Subject: " + strings.Repeat("a", 980), "bytes, over"},
		"8 bits in the header":   {"Herald <", "Hérald <", "header has bytes"},
		"8 bits in the body":     {"fr=C3=BCh", "früh", "not announced"},
		"a field with a space":   {"To: ", "To : ", "is no field"},
		"a line that is none":    {"To: ", "hello\r\nTo: ", "is no field"},
		"a blank folded line":    {"Date: ", "X-A: b\r\n \r\nDate: ", "blank"},
		"no subject":             {"Subject:", "X-Subject:", "no Subject"},
		"no sender":              {"From:", "X-From:", "no From"},
		"no date":                {"Date:", "X-Date:", "no Date"},
		"no id":                  {"Message-ID:", "X-ID:", "no Message-Id"},
		"no MIME":                {"MIME-Version:", "X-Version:", "no Mime-Version"},
		"another MIME":           {"MIME-Version: 1.0", "MIME-Version: 1", "MIME-Version is"},
		"two subjects":           {"Subject:", "Subject: one\r\nSubject:", "2 of Subject"},
		"two ids":                {"Message-ID:", "Message-ID: <z@example.com>\r\nMessage-ID:", "2 of Message-Id"},
		"a blind copy":           {"To:", "Bcc: eve@example.com\r\nTo:", "Bcc has arrived"},
		"a date that is none":    {"Sat, 21 Nov", "tomorrow", "could not be parsed"},
		"an address that is not": {"Herald <herald@example.com>", "Herald", "From"},
		"an id without a host":   {"<msg_1@example.com>", "<msg_1>", "Message-ID is"},
		"two ids in one":         {"<msg_1@example.com>", "<msg_1@example.com> <z@example.com>", "Message-ID is"},
		"commas between":         {"<a@example.com> <b", "<a@example.com>, <b", "References has"},
		"another boundary":       {"boundary=BB", "boundary=CC", "boundary"},
		"no last boundary":       {"--BB--\r\n", "", "unexpected EOF"},
		"a type that is none":    {"text/html; charset", "text html; charset", "Content-Type"},
		"another charset":        {"text/plain; charset=UTF-8", "text/plain; charset=latin1", "not text in UTF-8"},
		"no charset":             {"text/plain; charset=UTF-8", "text/plain", "not text in UTF-8"},
		"not in its charset":     {"fr=C3=BCh", "fr=FCh", "not text in UTF-8"},
		"a wrong escape":         {"fr=C3=BCh", "fr=ZZh", "text/plain"},
		"wrong base64":           {"PHA+", "P$A+", "text/html"},
		"another encoding":       {"quoted-printable", "uuencode", "encoding"},
	} {
		if n := strings.Count(good, c.old); n == 0 {
			t.Errorf("%s: %q is not in the mail", name, c.old)
			continue
		}
		m := Mail{Raw: []byte(strings.Replace(good, c.old, c.new, 1))}
		if err := m.read(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
