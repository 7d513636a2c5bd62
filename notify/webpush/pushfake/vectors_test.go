package pushfake

import (
	"bytes"
	"crypto/ecdh"
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

// The example of RFC 8291, section 5 and appendix A.
const (
	plaintext     = "When I grow up, I want to be a watermelon"
	senderPrivate = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
	senderPublic  = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
	devicePrivate = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
	devicePublic  = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
	exampleSalt   = "DGv6ra1nlYgDCS1FRnbzlw"
	exampleAuth   = "BTBZMqHH6r4Tts7J_aSIgg"
	exampleIKM    = "S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg"
	exampleBody   = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml" +
		"mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT" +
		"pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)

// The example of RFC 8292, section 2.4.
const (
	exampleToken = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3" +
		"B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1ha" +
		"Wx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_H" +
		"LGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA"
	exampleKey    = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
	exampleOrigin = "https://push.example.net"
	exampleExp    = 1453523768
)

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func private(t *testing.T, s string) *ecdh.PrivateKey {
	t.Helper()
	k, err := ecdh.P256().NewPrivateKey(unbase64(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTheExampleOfRFC8291(t *testing.T) {
	t.Parallel()
	device := keys{private: private(t, devicePrivate), auth: unbase64(t, exampleAuth)}
	if !bytes.Equal(device.private.PublicKey().Bytes(), unbase64(t, devicePublic)) {
		t.Error("the device's keys are not a pair")
	}
	sender := private(t, senderPrivate).PublicKey()
	if !bytes.Equal(sender.Bytes(), unbase64(t, senderPublic)) {
		t.Error("the sender's keys are not a pair")
	}
	if ikm, err := device.agree(sender); err != nil || !bytes.Equal(ikm, unbase64(t, exampleIKM)) {
		t.Errorf("IKM %x, %v", ikm, err)
	}
	if got, err := device.open(unbase64(t, exampleBody)); err != nil || string(got) != plaintext {
		t.Errorf("%q, %v", got, err)
	}
}

func TestOneBitIsEnough(t *testing.T) {
	t.Parallel()
	device := keys{private: private(t, devicePrivate), auth: unbase64(t, exampleAuth)}
	body := unbase64(t, exampleBody)
	for i := range body {
		if i == saltSize || i == saltSize+1 || i == saltSize+2 || i == saltSize+3 {
			continue // a larger record size is as good
		}
		wrong := bytes.Clone(body)
		wrong[i] ^= 1
		if got, err := device.open(wrong); err == nil {
			t.Errorf("byte %d is wrong, and it reads %q", i, got)
		}
	}
	for n := range body {
		if _, err := device.open(body[:n]); err == nil {
			t.Errorf("the first %d bytes are a message", n)
		}
	}
}

func TestTheExampleOfRFC8292(t *testing.T) {
	t.Parallel()
	end := time.Unix(exampleExp, 0)
	field := "vapid t=" + exampleToken + ", k=" + exampleKey
	if key, err := identify(field, exampleOrigin, end.Add(-12*time.Hour)); err != nil || !bytes.Equal(key, unbase64(t, exampleKey)) {
		t.Errorf("%x, %v", key, err)
	}
	for name, wrong := range map[string]struct {
		field, origin string
		now           time.Time
	}{
		"another key":     {strings.Replace(field, exampleKey, senderPublic, 1), exampleOrigin, end.Add(-time.Hour)},
		"another service": {field, "https://push.example.com", end.Add(-time.Hour)},
		"over":            {field, exampleOrigin, end},
		"for too long":    {field, exampleOrigin, end.Add(-24*time.Hour - time.Second)},
		"another scheme":  {"WebPush " + exampleToken, exampleOrigin, end.Add(-time.Hour)},
		"without a key":   {"vapid t=" + exampleToken, exampleOrigin, end.Add(-time.Hour)},
		"no signature":    {strings.Replace(field, "i3CYb7t4", "", 1), exampleOrigin, end.Add(-time.Hour)},
		"another one":     {strings.Replace(field, "i3CYb7t4", "i3CYb7t5", 1), exampleOrigin, end.Add(-time.Hour)},
	} {
		if _, err := identify(wrong.field, wrong.origin, wrong.now); err == nil {
			t.Error(name, "is taken")
		}
	}
}
