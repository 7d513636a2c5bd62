package progress

import (
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"time"
)

// TaskID names a task for ever: 1 to 128 letters, digits and . _ : -,
// beginning with a letter or digit.
type TaskID string

// idForm is a URL path segment that needs no escaping.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// Valid reports whether the id has the form of one.
func (id TaskID) Valid() bool { return idForm.MatchString(string(id)) }

// crockford is the alphabet of Douglas Crockford's base 32, in lower case: its
// order is that of the numbers, and no letter looks like a digit.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// NewTaskID makes a short id that sorts by its time: ten characters of
// milliseconds since 1970 and eight of the given entropy.
func NewTaskID(at time.Time, entropy [5]byte) TaskID {
	var out [18]byte
	encode(out[:10], uint64(at.UnixMilli()))
	var wide [8]byte
	copy(wide[3:], entropy[:])
	encode(out[10:], binary.BigEndian.Uint64(wide[:]))
	return TaskID(out[:])
}

// SessionID is the id of the task that a reporter knows by a kind and a name of its
// own: wf_ and 16 characters of a hash of both. So every node finds it, and there
// is no table.
func SessionID(kind, session string) TaskID {
	sum := sha256.Sum256([]byte(kind + "\x00" + session))
	out := []byte("wf_0123456789abcdef")
	encode(out[3:11], binary.BigEndian.Uint64(sum[:8]))
	encode(out[11:], binary.BigEndian.Uint64(sum[8:16]))
	return TaskID(out)
}

// encode writes the low 5·len(out) bits of n, most significant first.
func encode(out []byte, n uint64) {
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = crockford[n&31]
		n >>= 5
	}
}
