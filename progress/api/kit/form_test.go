package kit

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestForm(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	for _, c := range []struct{ kind, body, want string }{
		{form, "to=ana%40example.com", ""},
		{form + "; charset=utf-8", "to=ana%40example.com", ""},
		{"application/json", "{}", "Content-Type: must be application/x-www-form-urlencoded; programs use /api"},
		{"", "to=a", "Content-Type: must be application/x-www-form-urlencoded; programs use /api"},
		{form, "to=%zz", "body: is no form"},
		{form, strings.Repeat("x", 41), "body: is larger than 40 bytes"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		f, err := Form(httptest.NewRecorder(), r, 40)
		got := ""
		if err != nil {
			got = ProblemOf(err).Detail
		}
		if got != c.want || err == nil && f.Get("to") != "ana@example.com" {
			t.Errorf("%s %q: %v, %q, want %q", c.kind, c.body, f, got, c.want)
		}
	}
}
