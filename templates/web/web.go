package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
	"strings"
)

//go:embed app.css app.js icon.svg kinds.css
var files embed.FS

// Asset is a file that pages load.
type Asset struct {
	Name string // with a hash of its content: "app.0123456789ab.css"
	Type string // its media type
	Body []byte // must not be changed
}

// types are the media types of the files.
var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// Assets are all files, by their plain names such as "app.css".
func Assets() map[string]Asset {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("web: " + err.Error()) // of files that the compiler put here
	}
	out := map[string]Asset{}
	for _, e := range entries {
		body, err := files.ReadFile(e.Name())
		if err != nil {
			panic("web: " + err.Error())
		}
		out[e.Name()] = Asset{Name: hashed(e.Name(), body), Type: types[path.Ext(e.Name())], Body: body}
	}
	return out
}

// hashed puts a hash of the content before the extension.
func hashed(name string, body []byte) string {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}
