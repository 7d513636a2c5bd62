package notify_test

import (
	"testing"

	"github.com/taskherald/herald/notify"
)

func TestShown(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"https://me:secret@hooks.example:8443/services/T0/s3cret?token=x#f": "https://hooks.example:8443/…",
		"https://hooks.example":            "https://hooks.example",
		"https://hooks.example/":           "https://hooks.example",
		"https://hooks.example/?token=x":   "https://hooks.example/…",
		"ann@example.com":                  "ann@example.com",
		"https://hooks.example/%zz?secret": "…",
		"C0123":                            "C0123",
	} {
		if got := (notify.Address{To: to}).Shown(); got != want {
			t.Errorf("%s is shown as %s, want %s", to, got, want)
		}
	}
}
