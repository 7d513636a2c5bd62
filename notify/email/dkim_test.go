package email

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/taskherald/herald/notify"
)

var (
	rsaOf = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	edOf  = sync.OnceValues(func() (ed25519.PrivateKey, error) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	})
)

func rsaKey(t testing.TB) *DKIM {
	t.Helper()
	key, err := rsaOf()
	if err != nil {
		t.Fatal(err)
	}
	return &DKIM{Key: key, Selector: "rsa"}
}

func edKey(t testing.TB) *DKIM {
	t.Helper()
	key, err := edOf()
	if err != nil {
		t.Fatal(err)
	}
	return &DKIM{Key: key, Selector: "a-selector-of-a-name-as-long-as-a-label-of-a-domain-may-be-63-char"}
}

// verified is what a mail's one signature says, by a library that is not ours.
func verified(t testing.TB, raw []byte, k *DKIM) *dkim.Verification {
	t.Helper()
	all, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != k.Selector+"._domainkey.example.com" {
			t.Errorf("it asks for the key at %s", name)
		}
		if key, ok := k.Key.Public().(ed25519.PublicKey); ok {
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key)}, nil
		}
		der, err := x509.MarshalPKIXPublicKey(k.Key.Public())
		return []string{"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)}, err
	}})
	if err != nil || len(all) != 1 {
		t.Fatalf("there are %d signatures: %v", len(all), err)
	}
	return all[0]
}

// TestSignatures holds that another library believes what is signed, that all is signed that
// has to be, and that nothing of it can be changed.
func TestSignatures(t *testing.T) {
	t.Parallel()
	must := []string{
		"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "In-Reply-To", "References", "Auto-Submitted",
		"List-Unsubscribe", "List-Unsubscribe-Post", // RFC 8058, 4
	}
	for name, key := range map[string]*DKIM{"RSA": rsaKey(t), "Ed25519": edKey(t)} {
		for _, m := range []notify.Message{ended("msg_1", "Shop"), asking("msg_2"), ended("msg_3", strings.Repeat("größer ", 40)), note("msg_4", notify.NoteConfirm)} {
			got := arrived(t, m, func(o *Options) {
				inviting(o)
				o.DKIM = key
			})
			v := verified(t, got.Raw, key)
			if v.Err != nil || v.Domain != "example.com" || !v.Time.Equal(noon) {
				t.Errorf("%s, %s: %v, of %s at %s:\n%s", name, m.ID, v.Err, v.Domain, v.Time, got.Raw)
			}
			for _, field := range must {
				if !slices.Contains(v.HeaderKeys, field) {
					t.Errorf("%s is not signed: %q", field, v.HeaderKeys)
				}
			}
			forged(t, got.Raw, key)
		}
	}
}

// forged fails if a mail is believed that somebody has changed.
func forged(t *testing.T, raw []byte, key *DKIM) {
	t.Helper()
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for name, bad := range map[string][]byte{
		"a body with more":  append(slices.Clone(raw), "more\r\n"...),
		"another body":      bytes.Replace(raw, body, bytes.Replace(body, []byte("e"), []byte("a"), 1), 1),
		"another recipient": bytes.Replace(raw, []byte("\r\nTo: <ana@"), []byte("\r\nTo: <eve@"), 1),
		"another link":      bytes.Replace(raw, []byte("\r\nMIME-Version"), []byte("\r\nList-Unsubscribe: <https://evil.test>\r\nMIME-Version"), 1),
		"a second sender":   append([]byte("From: eve@example.com\r\n"), raw...),
		"a second subject":  append([]byte("Subject: you won\r\n"), raw...),
		"someone to answer": append([]byte("Reply-To: eve@example.com\r\n"), raw...),
	} {
		if bytes.Equal(bad, raw) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if v := verified(t, bad, key); v.Err == nil {
			t.Errorf("%s is believed", name)
		}
	}
}

// TestSignaturesTogether holds that mails which are signed at once do not see each other.
func TestSignaturesTogether(t *testing.T) {
	t.Parallel()
	key := edKey(t)
	a := newAuthor(Options{From: sender, Mails: layout(), DKIM: key, Now: time.Now})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			m := ended("msg_1", "Shop")
			if e, err := a.write(&m, ana.To); err != nil {
				t.Error(err)
			} else if v := verified(t, e.raw, key); v.Err != nil {
				t.Error(v.Err)
			}
		})
	}
	all.Wait()
}

// TestSignatureLines holds that a signature is of lines that any server takes.
func TestSignatureLines(t *testing.T) {
	t.Parallel()
	for _, key := range []*DKIM{rsaKey(t), edKey(t)} {
		got := arrived(t, ended("msg_1", "Shop"), func(o *Options) { o.DKIM = key })
		head, _, _ := strings.Cut(string(got.Raw), "\r\nAuto-Submitted")
		if !strings.HasPrefix(head, "DKIM-Signature: v=1;\r\n") {
			t.Errorf("it begins %q", head)
		}
		for line := range strings.SplitSeq(head, "\r\n") {
			if len(line) > 300 || strings.HasPrefix(line, " b=") && len(line) > 76 || strings.TrimSpace(line) == "" {
				t.Errorf("there is a line %q", line)
			}
		}
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	block := func(kind string, der []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	pkcs8 := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		return block("PRIVATE KEY", der, err)
	}
	long, short, ed := rsaKey(t).Key.(*rsa.PrivateKey), rsaOfBits(t, 1024), edKey(t).Key.(ed25519.PrivateKey)
	for name, c := range map[string]struct {
		pem  []byte
		want crypto.Signer
	}{
		"RSA as PKCS#1":     {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(long), nil), long},
		"RSA as PKCS#8":     {pkcs8(long), long},
		"Ed25519 as PKCS#8": {pkcs8(ed), ed},
	} {
		got, err := ParseKey(c.pem)
		if same, ok := c.want.Public().(interface{ Equal(crypto.PublicKey) bool }); err != nil || !ok || !same.Equal(got.Public()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pem  []byte
		want string
	}{
		"short RSA as PKCS#1": {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(short), nil), "1024 bits"},
		"short RSA as PKCS#8": {pkcs8(short), "1024 bits"},
		"ECDSA":               {pkcs8(curve), "no private key"},
		"with a password":     {block("ENCRYPTED PRIVATE KEY", []byte("hush"), nil), "no private key"},
		"a public key":        {block("PUBLIC KEY", []byte("hush"), nil), "no private key"},
		"no PEM":              {[]byte("hush"), "no private key"},
		"nothing":             {nil, "no private key"},
		"nonsense":            {block("PRIVATE KEY", []byte("hush"), nil), "no private key"},
	} {
		if key, err := ParseKey(c.pem); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hush") || key != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func rsaOfBits(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
