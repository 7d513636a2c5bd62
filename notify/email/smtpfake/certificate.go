package smtpfake

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"
)

// Certificate is what a server shows.
type Certificate int

// The certificates. Each is signed by the authority that [Server.Roots] trusts.
const (
	Good    Certificate = iota // of 127.0.0.1 and localhost
	Expired                    // the same, until an hour ago
	Other                      // of mail.example.com
)

// config is a new certificate of that kind, and the roots that trust its signer.
func (c Certificate) config(t testing.TB) (*tls.Config, *x509.CertPool) {
	t.Helper()
	signer, key := authority(t)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "smtpfake"},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
	}
	switch c {
	case Expired:
		leaf.NotAfter = time.Now().Add(-time.Hour)
	case Other:
		leaf.IPAddresses, leaf.DNSNames = nil, []string{"mail.example.com"}
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, signer, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(signer)
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

// authority is a new one, with its key, which the server has too.
func authority(t testing.TB) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smtpfake authority"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(2 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed, key
}
