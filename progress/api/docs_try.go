package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// try calls the operation from a shell whose variables are url and token.
func (e docsEntry) try(params []docsParameter) string {
	path := e.Path
	for _, p := range params {
		if p.In == "path" {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", fmt.Sprint(p.Example))
		}
	}
	if strings.HasPrefix(path, socketPath) {
		return `node -e 'require("socket.io-client")
.io(process.argv[1], {auth: {token: process.argv[2]}})
.onAny(console.log)' "$url" "$token"`
	}
	if isSocket(path) {
		return "websocat -H \"Authorization: Bearer $token\" \\\n\"ws${url#http}" + path + `"`
	}
	lines := []string{`curl "$url` + path + `"`}
	if e.Method != http.MethodGet {
		lines[0] = "curl -X " + e.Method + ` "$url` + path + `"`
	}
	if !e.Open {
		lines = append(lines, `-H "Authorization: Bearer $token"`)
	}
	if e.Body != nil {
		t := e.Body.Types[0]
		lines = append(lines, "-H "+quoted("Content-Type: "+t.Name), "--data-binary "+quoted(t.compact()))
	}
	return strings.Join(lines, " \\\n  ")
}

// isSocket reports whether a path is that of a socket.
func isSocket(path string) bool {
	return strings.HasPrefix(path, "/ws/") || strings.HasPrefix(path, socketPath) || strings.HasSuffix(path, "/ws")
}

// compact is the example as it is sent: NDJSON on one line.
func (t docsType) compact() string {
	if t.Name != "application/x-ndjson" {
		return t.Example
	}
	var out bytes.Buffer
	_ = json.Compact(&out, []byte(t.Example)) // is JSON
	return out.String()
}
