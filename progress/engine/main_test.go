package engine

import (
	"fmt"
	"os"
	"testing"

	"github.com/taskherald/herald/progress/db/dbtest"
)

// toilVar is set for a process that a crash test starts in order to kill it;
// its arguments are a database and a seed.
const toilVar = "HERALD_ENGINE_TEST_TOIL"

func TestMain(m *testing.M) {
	if os.Getenv(toilVar) == "" {
		dbtest.Main(m)
		return
	}
	if err := toil(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
