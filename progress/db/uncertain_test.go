package db

import (
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestUncertain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"a commit without an answer": {&commitError{io.ErrUnexpectedEOF}, true},
		"a commit that was refused":  {&commitError{&pgconn.PgError{Code: "40001"}}, false},
		"a statement that failed":    {io.ErrUnexpectedEOF, false},
		"nothing":                    {nil, false},
	} {
		if got := Uncertain(c.err); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
