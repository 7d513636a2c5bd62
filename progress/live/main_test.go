package live

import (
	"testing"

	"github.com/taskherald/herald/progress/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }
