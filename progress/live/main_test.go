package live

import (
	"os"
	"testing"

	"github.com/taskherald/herald/progress/db/dbtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(idleVar) != "" {
		serveIdle()
		return
	}
	dbtest.Main(m)
}
