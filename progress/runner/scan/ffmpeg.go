package scan

import (
	"bytes"
	"strconv"
	"strings"
)

// An ffmpeg holds how long what is being converted takes.
type ffmpeg struct {
	length float64 // the longest input, in seconds; 0 while unknown
	begun  bool    // a time was seen since
}

// look reads ffmpeg's input list, its status line, and the lines of -progress.
func (s *ffmpeg) look(t []byte) (Finding, bool) {
	if len(t) == 0 || len(t) > 1024 {
		return Finding{}, false
	}
	switch t[0] {
	case ' ':
		s.input(t)
	case 'f', 's':
		if bytes.HasPrefix(t, []byte("frame=")) || bytes.HasPrefix(t, []byte("size=")) {
			_, rest, ok := bytes.Cut(t, []byte(" time="))
			word, _, _ := bytes.Cut(rest, []byte(" "))
			if seconds, isTime := clock(word); ok && isTime {
				return s.at(seconds)
			}
		}
	case 'o':
		if number, ok := bytes.CutPrefix(t, []byte("out_time_us=")); ok {
			if us, err := strconv.ParseInt(string(number), 10, 64); err == nil {
				return s.at(float64(us) / 1e6)
			}
		}
	case 'p':
		if string(t) == "progress=end" && s.begun {
			return found(100, Job, "ffmpeg", ""), true
		}
	}
	return Finding{}, false
}

// input reads "  Duration: 00:01:40.00, start: ...". One that comes after a
// time belongs to the next run.
func (s *ffmpeg) input(t []byte) {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(t, " "), []byte("Duration: "))
	if !ok {
		return
	}
	word, _, _ := bytes.Cut(rest, []byte(","))
	seconds, ok := clock(word)
	if !ok {
		return
	}
	if s.begun {
		*s = ffmpeg{}
	}
	s.length = max(s.length, seconds)
}

// at is a finding that so many seconds are done.
func (s *ffmpeg) at(seconds float64) (Finding, bool) {
	s.begun = true
	if s.length <= 0 || seconds < 0 {
		return Finding{}, false
	}
	return found(100*seconds/s.length, Job, "ffmpeg", ""), true
}

// clock reads 00:01:40.00 as seconds.
func clock(t []byte) (float64, bool) {
	if len(t) > 20 {
		return 0, false
	}
	parts := strings.Split(string(t), ":")
	if len(parts) != 3 || strings.Trim(string(t), "0123456789:.") != "" {
		return 0, false
	}
	total := 0.0
	for _, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil {
			return 0, false
		}
		total = total*60 + v
	}
	return total, true
}
