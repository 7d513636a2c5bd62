package discordfake_test

import (
	"testing"

	"github.com/taskherald/herald/bot/faketest"
)

// TestFakesPage holds what docs/fakes.md says of Discord to the code.
func TestFakesPage(t *testing.T) {
	t.Parallel()
	faketest.Page(t, "../../../docs/fakes.md", "Discord", 45)
}
