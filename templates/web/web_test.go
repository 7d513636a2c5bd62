package web

import (
	"bytes"
	"encoding/json"
	"image/png"
	"strings"
	"testing"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	all := Assets()
	for name, most := range map[string]int{
		"app.js": 12 << 10, "notices.js": 8 << 10, "notifications.js": 4 << 10, "chat.js": 16 << 10, "app.css": 10 << 10, "chat.css": 4 << 10, "kinds.css": 3 << 10, "notifications.css": 4 << 10,
		"icon.svg": 1 << 10, "icon-192.png": 4 << 10, "icon-512.png": 12 << 10, "icon-maskable.png": 8 << 10, "apple-touch-icon.png": 4 << 10, "badge.png": 2 << 10,
	} {
		a := all[name]
		if len(a.Body) == 0 || len(a.Body) > most || a.Type == "" {
			t.Errorf("%s has %d bytes, at most %d, and is %q", name, len(a.Body), most, a.Type)
		}
		if other := hashed(name, append([]byte("x"), a.Body...)); other == a.Name || a.Name == name {
			t.Errorf("the name %s does not change with the content", a.Name)
		}
		if text := strings.ReplaceAll(string(a.Body), "http://www.w3.org/2000/svg", ""); strings.Contains(text, "//"+"cdn") || strings.Contains(text, "https://") || strings.Contains(text, "http://") || strings.Contains(text, "@import") {
			t.Errorf("%s asks for something from elsewhere", name)
		}
	}
}

// TestRooted holds that what stays at its path asks for assets by theirs.
func TestRooted(t *testing.T) {
	t.Parallel()
	all := Rooted()
	for name, icons := range map[string][]string{"sw.js": {"icon-192.png", "badge.png"}, "manifest.webmanifest": {"icon-192.png", "icon-512.png", "icon-maskable.png"}} {
		text := string(all[name].Body)
		for _, icon := range icons {
			if path := Assets()[icon].Path(); !strings.Contains(text, `"`+path+`"`) || strings.Contains(text, `"`+icon+`"`) {
				t.Errorf("%s does not ask for %s:\n%s", name, path, text)
			}
		}
		if all[name].Type == "" || all[name].Name != name {
			t.Errorf("%s is %q, named %q", name, all[name].Type, all[name].Name)
		}
	}
	if !json.Valid(all["manifest.webmanifest"].Body) {
		t.Error("the manifest is no JSON")
	}
}

// TestPictures holds that each picture is as large as it says.
func TestPictures(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"icon-192.png": 192, "icon-512.png": 512, "icon-maskable.png": 512, "apple-touch-icon.png": 180, "badge.png": 96} {
		c, err := png.DecodeConfig(bytes.NewReader(Assets()[name].Body))
		if err != nil || c.Width != size || c.Height != size {
			t.Errorf("%s is %d × %d, %v", name, c.Width, c.Height, err)
		}
	}
}
