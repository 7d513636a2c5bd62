package guard

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// made is a guard that allows the entries.
func made(t testing.TB, entries ...string) *Guard {
	t.Helper()
	g, err := New(entries)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		entry string
		at    string // an address, or a name
		port  uint16
		want  bool
	}{
		{"127.0.0.1", "127.0.0.1", 1, true},
		{"127.0.0.1", "127.0.0.2", 1, false},
		{"127.0.0.1", "::ffff:127.0.0.1", 1, true},
		{"127.0.0.1", "64:ff9b::127.0.0.1", 1, true},
		{"::ffff:127.0.0.1", "127.0.0.1", 1, true},
		{"127.0.0.1:80", "127.0.0.1", 80, true},
		{"127.0.0.1:80", "127.0.0.1", 81, false},
		{"::1", "::1", 9, true},
		{"[::1]", "::1", 9, true},
		{"[::1]:8080", "::1", 8080, true},
		{"[::1]:8080", "::1", 8081, false},
		{"10.0.0.0/8", "10.200.0.1", 5, true},
		{"10.0.0.0/8", "11.0.0.1", 5, false},
		{"10.9.9.9/8", "10.200.0.1", 5, true},
		{"10.0.0.0/8:443", "10.200.0.1", 443, true},
		{"10.0.0.0/8:443", "10.200.0.1", 444, false},
		{"fd00::/8", "fd12::1", 443, true},
		{"[fd00::/8]", "fd12::1", 443, true},
		{"[fd00::/8]:443", "fd12::1", 443, true},
		{"[fd00::/8]:443", "fd12::1", 444, false},
		{"::ffff:10.0.0.0/104", "10.1.1.1", 443, true},
		{"0.0.0.0/0", "10.1.1.1", 443, true},
		{"hooks.corp", "hooks.corp", 443, true},
		{" Hooks.Corp. ", "hooks.corp", 443, true},
		{"hooks.corp", "x.hooks.corp", 443, false},
		{"hooks.corp:443", "hooks.corp", 443, true},
		{"hooks.corp:443", "hooks.corp", 80, false},
		{"my_box", "my_box", 443, true},
		{"localhost", "127.0.0.1", 443, false}, // only through its name
	} {
		g := made(t, c.entry)
		got := g.named(c.at, c.port)
		if a, err := netip.ParseAddr(c.at); err == nil {
			got = g.listed(a, c.port)
		}
		if got != c.want {
			t.Errorf("%q allows %s at %d: %t", c.entry, c.at, c.port, got)
		}
	}
}

func TestEntriesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"", " ", "http://hooks.corp", "https://hooks.corp/x", "hooks.corp/x", "hooks.corp:", "hooks.corp:0", "hooks.corp:65536", "hooks.corp:http",
		":80", "[::1", "[::1]x", "[::1]:", "::1:8080:x", "fe80::1%eth0", "10.0.0.0/33", "10.0.0/8", "*.corp", "a..b", "-a.corp", "127.1", "0x7f000001",
		"2130706433", "0177.0.0.1", "käse.de", "user@hooks.corp", "hooks corp", "::ffff:0:0/90", "fd00::/8:443", strings.Repeat("a", 64) + ".de", strings.Repeat("a.", 127) + "de",
	} {
		g, err := New([]string{"10.0.0.1", entry})
		e, ok := err.(*progress.Error)
		if g != nil || !ok || e.Code != progress.Invalid || e.Field != "allow_targets" || !strings.Contains(e.Say, `"`+entry+`"`) {
			t.Errorf("%q gives %v, %v", entry, g, err)
		}
	}
}
