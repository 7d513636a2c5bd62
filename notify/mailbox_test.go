package notify_test

import (
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
)

// TestMailbox holds what is an address and what only looks like one.
func TestMailbox(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"ana@example.com", "a.b+c@sub.example.co", "o'hara@example.com", "x@localhost", strings.Repeat("a", 64) + "@example.com"} {
		if !notify.Mailbox(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{
		"", "ana", "@example.com", "ana@", "Ana <ana@example.com>", "<ana@example.com>", "ana@example.com ", "ana@example.com, eve@example.com",
		"ana@example.com (x)", `"a b"@example.com`, "ana@exämple.com", "ána@example.com", "ana@example.com>\r\nRCPT TO:<eve@example.com", "ana@example.com\n",
		"a b@example.com", "ana@ex ample.com", strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("b.", 130) + "com", "ana@example.com\x00",
	} {
		if notify.Mailbox(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
}
