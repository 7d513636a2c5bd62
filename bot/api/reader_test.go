package api

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (b *reader) send(path string, f url.Values, site string, status int) string {
	b.w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.w.URL+path, strings.NewReader(f.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", site)
	res, err := b.http.Do(req)
	return b.took(res, err, status)
}

func (b *reader) took(res *http.Response, err error, status int) string {
	b.w.t.Helper()
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if res.StatusCode != status {
		b.w.t.Fatalf("%s answers %s, want %d:\n%s", res.Request.URL, res.Status, status, page)
	}
	if res.Header.Get("Cache-Control") != "no-store" {
		b.w.t.Errorf("%s may be kept", res.Request.URL)
	}
	return string(page)
}

func shows(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("there is no %q in\n%s", part, page)
		}
	}
}
