package guard

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	open := made(t)
	some := made(t, "hooks.corp", "plain.corp:8080", "10.1.0.0/16", "[::1]:99")
	for _, c := range []struct {
		g    *Guard
		url  string
		want string // a part of what is said, "" if the URL is taken
	}{
		{open, "https://example.com", ""},
		{open, "https://example.com:8443/a/b?token=1&x=%20", ""},
		{open, "HTTPS://EXAMPLE.COM./", ""},
		{open, "https://xn--kse-qla.de/", ""},
		{open, "https://1.1.1.1/", ""},
		{open, "https://[2606:4700:4700::1111]:443/", ""},
		{open, "https://localhost/", ""}, // where it leads is seen when it is called
		{open, "https://1password.com/", ""},

		{open, "", "whole URL"},
		{open, "example.com/hook", "whole URL"},
		{open, "//example.com/hook", "whole URL"},
		{open, "/hook", "whole URL"},
		{open, "https:example.com", "whole URL"},
		{open, "https://", "whole URL"},
		{open, "https:///path", "whole URL"},
		{open, "https://:443/", "whole URL"},
		{open, "ftp://example.com/", "whole URL"},
		{open, "file:///etc/passwd", "whole URL"},
		{open, "gopher://127.0.0.1:6379/_x", "whole URL"},
		{open, "javascript:alert(1)", "whole URL"},
		{open, "https://exa mple.com/", "not a URL"},
		{open, "https://example.com/\n", "not a URL"},
		{open, "https://[::1/", "not a URL"},
		{open, "https://user:secret@example.com/", "user"},
		{open, "https://@example.com/", "user"},
		{open, "https://example.com/#x", "fragment"},
		{open, "https://example.com/#", "fragment"},
		{open, "https://example.com:/", "port"},
		{open, "https://example.com:0/", "port"},
		{open, "https://example.com:65536/", "port"},
		{open, "https://127.1/", "host"},
		{open, "https://a..b/", "host"},
		{open, "https://0x7f000001/", "host"},
		{open, "https://0x7f.0x0.0x0.0x1/", "host"},
		{open, "https://2130706433/", "host"},
		{open, "https://0177.0.0.1/", "host"},
		{open, "https://127.0.0.1./", "host"},
		{open, "https://127。0。0。1/", "host"},
		{open, "https://①②⑦.0.0.1/", "host"},
		{open, "https://käse.de/", "xn--"},
		{open, "https://exa%6Dple.com/", "not a URL"},
		{open, "https://127.0.0.1/", "allow_targets"},
		{open, "https://[::1]/", "allow_targets"},
		{open, "https://[::ffff:7f00:1]/", "allow_targets"},
		{open, "https://[::ffff:169.254.169.254]/", "allow_targets"},
		{open, "https://[64:ff9b::a9fe:a9fe]/", "allow_targets"},
		{open, "https://169.254.169.254/latest/meta-data", "HERALD_ALLOW_TARGETS"},
		{open, "https://[fe80::1%25eth0]/", "zone"},
		{open, "http://example.com/", "HERALD_ALLOW_TARGETS"},
		{open, "http://1.1.1.1/", "https://"},

		{some, "https://10.1.2.3/", ""},
		{some, "https://10.2.2.3/", "allow_targets"},
		{some, "http://10.1.2.3/", ""},
		{some, "http://1.1.1.1/", "https://"},
		{some, "http://hooks.corp:81/", ""},
		{some, "http://HOOKS.corp.:81/", ""},
		{some, "http://[::1]:99/", ""},
		{some, "http://[::1]:98/", "allow_targets"},
		{some, "http://anywhere.corp/", ""}, // it may lead to 10.1
		{made(t, "plain.corp:8080"), "http://plain.corp:8080/", ""},
		{made(t, "plain.corp:8080"), "http://plain.corp/", "allow_targets"},
		{made(t, "plain.corp:8080"), "http://other.corp:8080/", "allow_targets"},
	} {
		u, err := c.g.CheckURL(c.url)
		if c.want == "" {
			if err != nil || u.String() == "" {
				t.Errorf("%q: %v", c.url, err)
			}
			continue
		}
		e, ok := err.(*progress.Error)
		if !ok || u != nil || e.Code != progress.Invalid || e.Field != "url" || !strings.Contains(e.Say, c.want) {
			t.Errorf("%q gives %v, %v, want %q", c.url, u, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error repeats it: %v", c.url, err)
		}
	}
}

// FuzzURL holds that what is taken is one of two things: a literal address that is
// public, or a name which every resolver reads as a name.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"https://example.com/x?y", "https://127.0.0.1", "https://0x7f.1", "https://[::ffff:127.0.0.1]", "https://0177.1", "https://127.0.0.1.", "https://a%2eb",
		"https://127。0。0。1", "https://[fe80::1%25a]", "http://example.com", "https://a@b", "https://1.1.1.1\\@10.0.0.1", "https://%31%32%37.1", "https://017700000001",
	} {
		f.Add(seed)
	}
	g := made(f)
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := g.CheckURL(raw)
		if err != nil {
			return
		}
		if u.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
			t.Errorf("%q is taken as %#v", raw, u)
		}
		host := u.Hostname()
		if a, err := netip.ParseAddr(host); err == nil {
			if !public(a) {
				t.Errorf("%q leads to %s", raw, a)
			}
			return
		}
		if strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
			t.Errorf("%q has the host %q", raw, host)
		}
		host = strings.TrimSuffix(host, ".")
		if _, err := strconv.ParseUint(host[strings.LastIndexByte(host, '.')+1:], 0, 64); err == nil {
			t.Errorf("%q has the host %q, which may be read as an address", raw, host)
		}
	})
}
