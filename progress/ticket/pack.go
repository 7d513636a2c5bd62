package ticket

import (
	"encoding/binary"
	"encoding/hex"
	"time"
)

// packer writes numbers and texts, short ones in few bytes.
type packer []byte

func (p *packer) number(n uint64) { *p = binary.AppendUvarint(*p, n) }

// count writes a number, 0 for a negative one.
func (p *packer) count(n int) { p.number(uint64(max(n, 0))) }

// time writes a time to the second; one before 1970, and the zero one, as 1970.
func (p *packer) time(t time.Time) { p.number(uint64(max(t.Unix(), 0))) }

// text writes a text behind its length. Hexadecimal digits take half the room: then the
// last bit of that number is 1.
func (p *packer) text(s string) {
	raw, err := hex.DecodeString(s)
	if err != nil || hex.EncodeToString(raw) != s || s == "" {
		p.number(uint64(len(s)) << 1)
		*p = append(*p, s...)
		return
	}
	p.number(uint64(len(raw))<<1 | 1)
	*p = append(*p, raw...)
}

// unpacker reads what packer wrote.
type unpacker struct {
	rest []byte
	bad  bool
}

func (u *unpacker) number() uint64 {
	n, size := binary.Uvarint(u.rest)
	if size <= 0 {
		u.bad, u.rest = true, nil
		return 0
	}
	u.rest = u.rest[size:]
	return n
}

func (u *unpacker) count() int { return int(min(u.number(), mostCount)) }

// mostCount is more than any step, run or attempt.
const mostCount = 1 << 31

func (u *unpacker) time() time.Time { return time.Unix(int64(u.number()), 0).UTC() }

func (u *unpacker) text() string {
	n := u.number()
	size := n >> 1
	if size > uint64(len(u.rest)) {
		u.bad, u.rest = true, nil
		return ""
	}
	raw := u.rest[:size]
	u.rest = u.rest[size:]
	if n&1 == 1 {
		return hex.EncodeToString(raw)
	}
	return string(raw)
}

// done reports whether all was read, and nothing else was there.
func (u *unpacker) done() bool { return !u.bad && len(u.rest) == 0 }
