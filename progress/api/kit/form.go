package kit

import (
	"mime"
	"net/http"
	"net/url"
)

// Form reads the fields of a form that a page sent, of at most limit bytes.
func Form(w http.ResponseWriter, r *http.Request, limit int64) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, Invalid("Content-Type", "must be application/x-www-form-urlencoded; programs use /api")
	}
	body, err := Read(w, r, limit)
	if err != nil {
		return nil, err
	}
	f, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, Invalid("body", "is no form")
	}
	return f, nil
}
