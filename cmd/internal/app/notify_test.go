package app_test

import (
	"testing"

	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/notify/guard"
)

// TestTargets is that what the settings take as a target the guard understands, and
// the other way round.
func TestTargets(t *testing.T) {
	t.Parallel()
	for _, target := range []string{
		"hooks.internal", "hooks.internal:8443", "hooks.", "localhost", "10.1.2.3", "10.1.2.3:80", "10.0.0.0/8", "10.0.0.0/8:8443", "::1", "[::1]",
		"[::1]:80", "fd00::/8", "[fd00::/8]:443", "a:0", "a:65536", "a:b", ":80", "http://a", "a/b", "10.0.0.0/33", "me@a", "[::1", "[::1]x", "127.1",
		"2130706433", "fe80::1%eth0", "*.internal", "a b", "-", "a..b", "a_b", "-a", "a-", "0x7f.1", "0x7f.0x1", "1e5", "1.e5", "A.B", "1.2.3.x", "0177.0.0.1",
	} {
		_, err := config.Load(config.Source{Environ: []string{"HOME=/", "HERALD_ALLOW_TARGETS=" + target}})
		_, refused := guard.New([]string{target})
		if (err == nil) != (refused == nil) {
			t.Errorf("%q: the settings say %v, the guard %v", target, err, refused)
		}
	}
}
