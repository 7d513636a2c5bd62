package scan

import (
	"bytes"
	"strconv"
	"strings"
)

// curlMeter reads a line of curl's table: the first number is the percent of
// all, the third or fifth that of what is received or sent. Where the size is
// unknown curl shows 100 and these 0.
func curlMeter(t []byte) (Finding, bool) {
	if len(t) > 200 || bytes.IndexByte(t, ':') < 0 || !isDigit(t[len(t)-len(bytes.TrimLeft(t, " "))]) {
		return Finding{}, false
	}
	f := strings.Fields(string(t))
	if len(f) != 12 || !strings.Contains(f[8], ":") {
		return Finding{}, false
	}
	all, err := strconv.Atoi(f[0])
	if err != nil || all < 0 || all > 100 || f[1] == "0" || f[2] != f[0] && f[4] != f[0] {
		return Finding{}, false
	}
	return found(float64(all), Phase, "curl", ""), true
}

// An rsync knows in which way rsync shows its progress.
type rsync struct {
	lists        bool // it said that it makes a list: names come
	whole, files bool // what the percents are about; neither is set before the first
}

// look reads "  1,238,099  45%  146.38kB/s    0:00:08 (xfr#5, to-chk=169/396)".
// The line is rsync's if mine, even if it says nothing of use.
//
// With --info=progress2 the percent is the whole's, and the same row is
// redrawn all the time; with --progress it is one file's, whose name was the
// line before, and the whole is what is left to check.
func (s *rsync) look(t, before []byte) (f Finding, mine, ok bool) {
	if len(t) > 200 || !bytes.Contains(t, []byte("B/s")) {
		return f, false, false
	}
	words := strings.Fields(string(t))
	if len(words) < 4 || strings.Trim(words[0], "0123456789,.") != "" || !strings.HasSuffix(words[2], "B/s") || strings.Count(words[3], ":") != 2 {
		return f, false, false
	}
	p, err := strconv.Atoi(strings.TrimSuffix(words[1], "%"))
	if err != nil || p < 0 || p > 100 || !strings.HasSuffix(words[1], "%") {
		return f, false, false
	}
	left, told := toCheck(t)
	ended := bytes.Contains(t, []byte("(xfr#"))
	switch {
	case ended && p < 100:
		s.whole = true
	case !s.whole && !s.files:
		s.files = s.lists && isFileName(before)
		s.whole = !s.files
	}
	switch {
	case s.whole:
		return found(float64(p), Job, "rsync", ""), true, true
	case told:
		return found(left, Job, "rsync files", ""), true, true
	}
	return found(float64(p), Item, "rsync file", label(before)), true, true
}

// toCheck reads "to-chk=169/396" as the percent that is done. While rsync is
// still listing it says ir-chk, of a total that is not known yet.
func toCheck(t []byte) (float64, bool) {
	_, rest, ok := bytes.Cut(t, []byte("to-chk="))
	rest, _, closed := bytes.Cut(rest, []byte(")"))
	n, m, split := strings.Cut(string(rest), "/")
	left, err1 := strconv.Atoi(n)
	all, err2 := strconv.Atoi(m)
	if !ok || !closed || !split || err1 != nil || err2 != nil || all <= 0 || left < 0 || left > all {
		return 0, false
	}
	return 100 * float64(all-left) / float64(all), true
}

// isFileName tells whether the line before rsync's first was a file's name.
func isFileName(before []byte) bool {
	for _, p := range []string{"sending ", "receiving ", "building file list", "created directory", "delta-transmission", "deleting "} {
		if bytes.HasPrefix(before, []byte(p)) {
			return false
		}
	}
	return len(before) > 0
}

// ended looks at a finished line for rsync's first.
func (s *rsync) ended(t []byte) {
	if len(t) > 8 && (t[0] == 's' || t[0] == 'r' || t[0] == 'b') && (bytes.HasSuffix(t, []byte(" incremental file list")) || bytes.HasPrefix(t, []byte("building file list"))) {
		*s = rsync{lists: true}
	}
}
