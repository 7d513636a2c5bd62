package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client/js"
)

// moduleRoutes give the JavaScript client to pages.
var moduleRoutes = []route{
	{method: http.MethodGet, path: "/client/:name", name: "module", open: true, do: module},
}

// module is GET /client/{name}: a module of the JavaScript client, for a page of
// any site. What the module then does there needs a credential, and to be named
// in the settings.
func module(c *call) error {
	body, err := js.Modules.ReadFile(c.Param("name"))
	if err != nil {
		return &progress.Error{Code: progress.NotFound, Say: "the client has no such module", Err: err}
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	h := c.Writer.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("ETag", tag)
	h.Set("X-Content-Type-Options", "nosniff")
	if c.GetHeader("If-None-Match") == tag {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", body)
	return nil
}
