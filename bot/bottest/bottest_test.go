package bottest_test

import (
	"testing"

	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/progress/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestConversations(t *testing.T) {
	t.Parallel()
	bottest.Run(t, nil)
}
