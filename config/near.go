package config

import "strings"

// didYouMean ends a sentence with the known name that is most like a name, or
// with the page of all when none is.
func didYouMean(name string, known []string) string {
	best, least := "", max(1, min(3, len(letters(name))/3))+1
	for _, k := range known {
		if n := distance(letters(name), letters(k)); n < least {
			best, least = k, n
		}
	}
	if best == "" {
		return "; docs/settings.md lists all"
	}
	return "; did you mean " + best + "?"
}

// letters leaves out what all variables share and what people mix up:
// rateLimit, rate-limit, RATE_LIMIT.
func letters(name string) string {
	name = strings.TrimPrefix(name, "HERALD_")
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// distance counts the letters to add, drop or change, and neighbours to swap,
// that lead from a to b.
func distance(a, b string) int {
	d := make([][]int, len(a)+1) // d[i][j] leads from a[:i] to b[:j]
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = 1 + min(d[i-1][j-1], d[i-1][j], d[i][j-1])
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], 1+d[i-2][j-2])
				}
			}
		}
	}
	return d[len(a)][len(b)]
}
