package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
	"strings"
)

// files are loaded by pages, and rooted are asked for by browsers at paths that never
// change.
var (
	//go:embed *.css app.js chat.js notices.js notifications.js *.svg *.png
	files embed.FS
	//go:embed sw.js manifest.webmanifest
	rooted embed.FS
)

// Asset is a file that pages load.
type Asset struct {
	Name string // with a hash of its content: "app.0123456789ab.css"
	Type string // its media type
	Body []byte // must not be changed
}

// types are the media types of the files.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".webmanifest": "application/manifest+json",
}

// Path is where the server has the file.
func (a Asset) Path() string { return "/static/" + a.Name }

// Assets are all files that pages load, by their plain names such as "app.css".
func Assets() map[string]Asset {
	out := read(files)
	for name, a := range out {
		a.Name = hashed(name, a.Body)
		out[name] = a
	}
	return out
}

// Rooted are the service worker, "sw.js", and the manifest, "manifest.webmanifest",
// by their names, which they keep: browsers ask again for what is at a path. Names of
// assets in them are paths.
func Rooted() map[string]Asset {
	out := read(rooted)
	for name, a := range out {
		for plain, asset := range Assets() {
			a.Body = bytes.ReplaceAll(a.Body, []byte(`"`+plain+`"`), []byte(`"`+asset.Path()+`"`))
		}
		out[name] = a
	}
	return out
}

func read(from embed.FS) map[string]Asset {
	entries, err := from.ReadDir(".")
	if err != nil {
		panic("web: " + err.Error()) // of files that the compiler put here
	}
	out := map[string]Asset{}
	for _, e := range entries {
		body, err := from.ReadFile(e.Name())
		if err != nil {
			panic("web: " + err.Error())
		}
		out[e.Name()] = Asset{Name: e.Name(), Type: types[path.Ext(e.Name())], Body: body}
	}
	return out
}

// hashed puts a hash of the content before the extension.
func hashed(name string, body []byte) string {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}
