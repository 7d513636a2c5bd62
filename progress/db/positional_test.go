package db

import "testing"

func TestPositional(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"SELECT 1":                            "SELECT 1",
		"VALUES ($1, $2), ($3, $4)":           "VALUES (?, ?), (?, ?)",
		"($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)":    "(?,?,?,?,?,?,?,?,?,?)",
		"a = $1 AND (b = $1 OR c = $2)":       "a = $1 AND (b = $1 OR c = $2)",
		"a = $2 AND b = $1":                   "a = $2 AND b = $1",
		"a = $11":                             "a = $11",
		"a = 'cost $1' AND b = $1 AND c = ''": "a = 'cost $1' AND b = ? AND c = ''",
		"a = $2":                              "a = $2",
	} {
		if got := positional(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
