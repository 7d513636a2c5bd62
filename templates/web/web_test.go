package web

import (
	"strings"
	"testing"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	all := Assets()
	for name, most := range map[string]int{"app.js": 12 << 10, "app.css": 10 << 10, "icon.svg": 1 << 10, "kinds.css": 3 << 10} {
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
