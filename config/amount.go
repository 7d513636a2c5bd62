package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// The largest limits that may be set.
const (
	maxRate  = 1e6
	maxCount = 10_000_000
	maxSize  = 1 << 30
	maxKeep  = 100 * 365 * day
)

const day = 24 * time.Hour

// parseRate reads requests a second, 0 for off.
func parseRate(s string) (float64, error) {
	if strings.EqualFold(s, "off") {
		return 0, nil
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(s, "/s"), 64)
	if err != nil || !(n > 0 && n <= maxRate) {
		return 0, fmt.Errorf("%q is no rate; write requests a second, such as 300/s, or off", s)
	}
	return n, nil
}

func formatRate(n float64) string {
	if n == 0 {
		return "off"
	}
	return strconv.FormatFloat(n, 'f', -1, 64) + "/s"
}

// forever is a Keep without an end.
const forever = -1

// parseKeep reads a time such as 36h, 90d or 52w.
func parseKeep(s string) (time.Duration, error) {
	if strings.EqualFold(s, "forever") {
		return forever, nil
	}
	number, unit := split(s)
	each, ok := map[string]time.Duration{"h": time.Hour, "d": day, "w": 7 * day}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || n*float64(each) < float64(time.Hour) || n*float64(each) > float64(maxKeep) {
		return 0, fmt.Errorf("%q is no time to keep; write 1h to 36500d in hours, days or weeks, such as 36h, 90d or 52w, or forever", s)
	}
	return time.Duration(n * float64(each)), nil
}

func formatKeep(d time.Duration) string {
	switch {
	case d < 0:
		return "forever"
	case d%day == 0:
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	return strconv.FormatFloat(d.Hours(), 'f', -1, 64) + "h"
}

// parseCount reads a number of things.
func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxCount {
		return 0, fmt.Errorf("%q is no number from 1 to %d", s, maxCount)
	}
	return n, nil
}

// units are those of sizes; the longest that divides a size is its form.
var units = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}, {"", 1}}

// parseSize reads a number of bytes such as 512KiB.
func parseSize[N int | int64](s string) (N, error) {
	number, unit := split(s)
	n, err := strconv.ParseFloat(number, 64)
	if err == nil {
		for _, u := range units {
			if total := n * float64(u.bytes); strings.EqualFold(u.name, unit) && total >= 1 && total <= maxSize && total == math.Trunc(total) {
				return N(total), nil
			}
		}
	}
	return 0, fmt.Errorf("%q is no size; write bytes up to 1GiB, such as 65536, 512KiB or 16MiB", s)
}

func formatSize[N int | int64](n N) string {
	for _, u := range units[:3] {
		if int64(n)%u.bytes == 0 {
			return strconv.FormatInt(int64(n)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(n), 10)
}

// split parts a number from its unit.
func split(s string) (number, unit string) {
	i := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}

// The bounds of the grace of workflow sessions, of how long a worker may be quiet or an
// approval wait, and what stands for none.
const (
	minGrace = time.Second
	maxGrace = 24 * time.Hour
	minQuiet = 30 * time.Second
	maxQuiet = 7 * day
	noGrace  = "off"
)

// parseGrace reads a time such as 90s or 5m, or off, which is less than 0.
func parseGrace(s string) (time.Duration, error) {
	if strings.EqualFold(s, noGrace) {
		return -1, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < minGrace || d > maxGrace {
		return 0, fmt.Errorf("%q is no grace; write 1s to 24h, such as 90s or 5m, or off", s)
	}
	return d, nil
}

func formatGrace(d time.Duration) string {
	if d < 0 {
		return noGrace
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}

// parseQuiet reads a time such as 90s or 10m, or off, which is less than 0.
func parseQuiet(s string) (time.Duration, error) {
	if strings.EqualFold(s, noGrace) {
		return -1, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < minQuiet || d > maxQuiet {
		return 0, fmt.Errorf("%q is no time to be quiet; write 30s to 168h, such as 90s or 10m, or off", s)
	}
	return d, nil
}

func formatQuiet(d time.Duration) string {
	if d < 0 {
		return noGrace
	}
	text := d.String()
	for _, none := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, none) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// parseReminder reads a time such as 10m or 1h, or off, which is 0.
func parseReminder(s string) (time.Duration, error) {
	if strings.EqualFold(s, noGrace) {
		return 0, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < minQuiet || d > maxQuiet {
		return 0, fmt.Errorf("%q is no time to wait; write 30s to 168h, such as 10m or 1h, or off", s)
	}
	return d, nil
}

// parseWait reads a time such as 90s, 10m or 2d, up to what may be kept. What it is for
// bounds it further.
func parseWait(s string) (time.Duration, error) {
	text, times := s, 1
	if number, unit := split(s); unit == "d" {
		text, times = number+"h", 24
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > maxKeep/time.Duration(times) {
		return 0, fmt.Errorf("%q is no time; write one such as 90s, 10m or 2d", s)
	}
	return d * time.Duration(times), nil
}
