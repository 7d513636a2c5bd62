package store

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/table"
)

// Cursor is a place in a list of tasks: right after the task that it names. The
// zero value is before the first.
type Cursor struct {
	CreatedAt time.Time // of the task, in microseconds
	ID        progress.TaskID
}

// IsZero reports whether the cursor is before the first task.
func (c Cursor) IsZero() bool { return c.ID == "" }

// String is the cursor as clients carry it, in letters, digits, - and _; "" for
// the zero one.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(table.Micros(c.CreatedAt), 10) + " " + string(c.ID)))
}

// ParseCursor reads what String wrote. Anything else is Invalid.
func ParseCursor(text string) (Cursor, error) {
	if text == "" {
		return Cursor{}, nil
	}
	plain, _ := base64.RawURLEncoding.DecodeString(text) // what is wrong shows below
	us, id, _ := strings.Cut(string(plain), " ")
	at, _ := strconv.ParseInt(us, 10, 64)
	c := Cursor{table.Time(at), progress.TaskID(id)}
	if !c.ID.Valid() || c.String() != text {
		return Cursor{}, wrong("cursor", "is none that a page of tasks gave")
	}
	return c, nil
}
