package kit

import "net/http"

// PagePolicy lets a page load our own files, speak with this server and no more.
const PagePolicy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Dress gives a page its headers. Others never learn where one comes from; our own
// forms do, as without it browsers would hide their origin from us too.
func Dress(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
}

// Show answers with a page under PagePolicy.
func (c *Call) Show(status int, page []byte) {
	h := c.Writer.Header()
	Dress(h, PagePolicy)
	h.Set("Cache-Control", "no-store")
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(page) // a caller that has gone away needs no answer
}

// See sends the browser to another page, by GET.
func (c *Call) See(to string) {
	h := c.Writer.Header()
	h.Set("Location", to)
	h.Set("Cache-Control", "no-store")
	c.Writer.WriteHeader(http.StatusSeeOther)
}
