package webhook

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
)

// vectors are those that are published with Standard Webhooks' libraries and in
// the manual of who began them.
var vectors = []struct {
	secret, id string
	at         int64
	body, want string
}{
	{
		secretPrefix + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
		`{"test": 2432232314}`, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	},
	{
		secretPrefix + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553,
		`{"email":"test@example.com","username":"test_user"}`, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
	},
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		at := time.Unix(v.at, 999)
		for _, secret := range []string{v.secret, strings.TrimPrefix(v.secret, secretPrefix)} {
			if got, err := Sign(secret, v.id, at, []byte(v.body)); err != nil || got != v.want {
				t.Errorf("%s is signed %s, %v; want %s", v.id, got, err, v.want)
			}
		}
		h := http.Header{headerID: {v.id}, headerTimestamp: {strconv.FormatInt(v.at, 10)}, headerSignature: {"v1,AAAA v1a,x " + v.want}}
		if err := Verify(v.secret, h, []byte(v.body), at.Add(Tolerance-time.Second)); err != nil {
			t.Errorf("%s: %v", v.id, err)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	v := vectors[0]
	at := time.Unix(v.at, 0)
	good := func() http.Header {
		return http.Header{headerID: {v.id}, headerTimestamp: {strconv.FormatInt(v.at, 10)}, headerSignature: {v.want}}
	}
	for name, c := range map[string]struct {
		secret string
		header func(http.Header)
		body   string
		now    time.Time
	}{
		"another secret": {vectors[1].secret, nil, v.body, at},
		"no secret":      {"", nil, v.body, at},
		"another body":   {v.secret, nil, v.body + " ", at},
		"too old":        {v.secret, nil, v.body, at.Add(Tolerance + time.Second)},
		"too new":        {v.secret, nil, v.body, at.Add(-Tolerance - time.Second)},
		"another id":     {v.secret, func(h http.Header) { h.Set(headerID, "msg_x") }, v.body, at},
		"no id":          {v.secret, func(h http.Header) { h.Del(headerID) }, v.body, at},
		"another time":   {v.secret, func(h http.Header) { h.Set(headerTimestamp, strconv.FormatInt(v.at+1, 10)) }, v.body, at},
		"no time":        {v.secret, func(h http.Header) { h.Set(headerTimestamp, "now") }, v.body, at},
		"no signature":   {v.secret, func(h http.Header) { h.Del(headerSignature) }, v.body, at},
		"half of one":    {v.secret, func(h http.Header) { h.Set(headerSignature, v.want[:20]) }, v.body, at},
	} {
		h := good()
		if c.header != nil {
			c.header(h)
		}
		if err := Verify(c.secret, h, []byte(c.body), c.now); err == nil {
			t.Errorf("%s: it is believed", name)
		}
	}
}

func TestNewSecret(t *testing.T) {
	t.Parallel()
	one, two := NewSecret(), NewSecret()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(one, "whsec_"))
	if err != nil || len(raw) != 32 || !strings.HasPrefix(one, "whsec_") || one == two {
		t.Errorf("%q, %q: %v", one, two, err)
	}
}

// TestTwoSignatures holds that the previous secret signs until its time is over.
func TestTwoSignatures(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	k := notify.Keys{Current: NewSecret(), Previous: NewSecret(), Until: at}
	believed := func(when time.Time) (current, previous bool) {
		h := http.Header{}
		if err := sign(h, k, "msg_1", when, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		return Verify(k.Current, h, []byte("{}"), when) == nil, Verify(k.Previous, h, []byte("{}"), when) == nil
	}
	if c, p := believed(at.Add(-time.Second)); !c || !p {
		t.Errorf("while both are good: %t, %t", c, p)
	}
	if c, p := believed(at); !c || p {
		t.Errorf("after that: %t, %t", c, p)
	}
	k.Previous = ""
	if c, _ := believed(at.Add(-time.Second)); !c {
		t.Error("one alone is not believed")
	}
}

// TestBadSecret holds that a secret which is none signs nothing, and is not shown.
func TestBadSecret(t *testing.T) {
	t.Parallel()
	for _, k := range []notify.Keys{
		{Current: "whsec_hush!"}, {Current: ""}, {Current: "whsec_"}, {Current: NewSecret(), Previous: "hush!", Until: time.Now().Add(time.Hour)},
	} {
		h := http.Header{}
		if err := sign(h, k, "msg_1", time.Now(), nil); err == nil || strings.Contains(err.Error(), "hush") || len(h) > 0 {
			t.Errorf("%v, %v", err, h)
		}
	}
}
