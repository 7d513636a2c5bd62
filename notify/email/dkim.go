package email

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// DKIM is how mails are signed (RFC 6376).
type DKIM struct {
	Key      crypto.Signer // of [ParseKey]
	Selector string        // its public half is at SELECTOR._domainkey.DOMAIN
}

// leastBits is how long an RSA key is at least (RFC 8301 asks for 1024, and for more where
// it can be).
const leastBits = 2048

// ParseKey reads a private key: RSA of at least 2048 bits or Ed25519, as PKCS#1 or PKCS#8 in
// PEM. No error repeats anything of it.
func ParseKey(pem []byte) (crypto.Signer, error) {
	key, err := mail.PrivKeyFromPEM(pem)
	if err != nil {
		return nil, errors.New("it is no private key for RSA or Ed25519 in PEM (PKCS#1 or PKCS#8, without a password)")
	}
	if k, ok := key.(*rsa.PrivateKey); ok && k.N.BitLen() < leastBits {
		return nil, fmt.Errorf("it is an RSA key of %d bits, of at least %d", k.N.BitLen(), leastBits)
	}
	return key, nil
}

// The fields that a signature covers. Those that readers are shown are named twice, so that
// nobody can add a second one.
var (
	signed = []string{
		"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "In-Reply-To", "References",
		"List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted",
	}
	sealed = []string{"From", "To", "Cc", "Reply-To", "Subject", "Date"}
)

// sign puts a signature before a mail. A signer notes down what it has found out about its
// key when it first signs; so each mail has its own.
func (d *DKIM) sign(raw []byte, domain string, now func() time.Time) ([]byte, error) {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	s := mail.NewDKIMSigner(domain, d.Selector, d.Key)
	s.NowFunc = now
	s.SignHeaders(signed...)
	s.OversignHeaders(sealed...)
	line, err := s.Sign(append(slices.Clip(head), "\r\n"...), body)
	if err != nil {
		return nil, err
	}
	return append(refolded(line), raw...), nil
}

const mostColumns = 76

// refolded breaks the lines of a signature elsewhere than the library does. It breaks
// within names too, and the space that a break leaves there is not in what was signed
// (RFC 6376, 3.4.2). Behind a semicolon there is one already, and b= is not signed.
func refolded(line string) []byte {
	tags, sum, _ := strings.Cut(strings.ReplaceAll(strings.TrimSuffix(line, "\r\n"), "\r\n ", ""), "; b=")
	var out bytes.Buffer
	out.WriteString(strings.ReplaceAll(tags, "; ", ";\r\n ") + ";\r\n b=")
	for part := range slices.Chunk([]byte(sum), mostColumns-len(" b=")) {
		out.Write(part)
		out.WriteString("\r\n ")
	}
	return bytes.TrimSuffix(out.Bytes(), []byte(" "))
}
