package scan

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// samples are what real tools printed (captured), and what they are known to
// print (written).
func samples(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) < 30 {
		t.Fatalf("found %d samples: %v", len(files), err)
	}
	return files
}

func TestSamples(t *testing.T) {
	t.Parallel()
	for _, file := range samples(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".txt") + ".want"
			all := scanned(string(b))
			got := toldAll(all)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || string(want) != got {
				t.Errorf("%v; the findings are\n%s\nwant\n%s", err, got, want)
			}
			for i := range b {
				if parts := scanned(string(b[:i]), string(b[i:])); !reflect.DeepEqual(parts, all) {
					t.Fatalf("cut at byte %d the findings are\n%s\nwant\n%s", i, toldAll(parts), got)
				}
			}
			if parts := toldAll(scanned(bytewise(b)...)); parts != got {
				t.Errorf("byte by byte the findings are\n%s\nwant\n%s", parts, got)
			}
		})
	}
}
