package client_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// stage is a server that scripts can have stopped and started.
type stage struct {
	*apitest.Server
	control *httptest.Server

	mu   sync.Mutex
	cut  map[string]int // how many answers get lost yet, by path; "" for any
	urls []string
}

// newStage starts one; more are handlers for paths before the server's own.
func newStage(t *testing.T, more func(*http.ServeMux)) *stage {
	t.Helper()
	s := &stage{cut: map[string]int{}}
	s.Server = apitest.Behind(t, func(next http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/", s.lossy(next))
		if more != nil {
			more(mux)
		}
		return mux
	})
	var turn sync.Mutex // as the server is used by one goroutine at a time
	s.control = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		turn.Lock()
		defer turn.Unlock()
		s.do(t, strings.Split(r.URL.Path, "/")[1:])
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(s.control.Close)
	return s
}

// do is what a script wants.
func (s *stage) do(t *testing.T, want []string) {
	switch want[0] {
	case "stop":
		s.Stop()
	case "start":
		s.Start()
	case "forget":
		s.Stop()
		s.Forget()
		s.Start()
	case "cut":
		s.lose(t, "", want[1])
	case "lose":
		s.lose(t, "/api/reports", want[1])
	default:
		t.Error("nobody knows", want)
	}
}

// lose has so many answers get lost.
func (s *stage) lose(t *testing.T, path, count string) {
	n, err := strconv.Atoi(count)
	if err != nil {
		t.Error(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut[path] = n
}

// lossy notes the addresses that are asked for, and loses the answers to some
// POSTs, after all is done.
func (s *stage) lossy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.urls = append(s.urls, r.URL.String())
		lost := false
		for _, path := range []string{"", r.URL.Path} {
			if !lost && r.Method == http.MethodPost && s.cut[path] > 0 {
				s.cut[path]--
				lost = true
			}
		}
		s.mu.Unlock()
		if lost {
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// node runs a script of the JavaScript client's tests. No address that it asks
// for may hold a token.
func (s *stage) node(t *testing.T, script string, env ...string) {
	t.Helper()
	env = append(env, "HERALD_URL="+s.URL, "HERALD_TOKEN="+apitest.Admin, "CONTROL="+s.control.URL)
	t.Log(clienttest.Node(t, env, clienttest.Folder("js")+"/test/"+script))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, url := range s.urls {
		if strings.Contains(url, apitest.Admin) || strings.Contains(url, "hrld_") {
			t.Error("a token in an address:", url)
		}
	}
}

// TestJS runs the scripts of the JavaScript client, each against a server of its
// own.
func TestJS(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"calls", "reporter", "watch", "waiting", "workflow", "vue", "react", "real"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newStage(t, nil).node(t, name+".mjs")
		})
	}
}

// TestJSTypes is a program in TypeScript, checked against the declarations.
func TestJSTypes(t *testing.T) {
	t.Parallel()
	js := clienttest.Folder("js")
	clienttest.Node(t, nil, filepath.Join(js, "node_modules", "typescript", "bin", "tsc"), "-p", filepath.Join(js, "test", "types"))
	declared := read(t, "index.d.ts")
	for name := range strings.FieldsSeq(clienttest.Node(t, nil, filepath.Join(js, "test", "names.mjs"))) {
		if !strings.Contains(declared, name+"(") {
			t.Errorf("%s is not declared", name)
		}
	}
}

// TestJSPackage holds that the package needs nothing at run time, and that its
// lock file asks whichever registry there is.
func TestJSPackage(t *testing.T) {
	t.Parallel()
	var p struct {
		License      string
		Dependencies map[string]string
		Exports      map[string]map[string]string
	}
	if err := json.Unmarshal([]byte(read(t, "package.json")), &p); err != nil {
		t.Fatal(err)
	}
	if p.License != "Apache-2.0" || len(p.Dependencies) > 0 || len(p.Exports) != 5 {
		t.Errorf("%+v", p)
	}
	for _, files := range p.Exports {
		for _, name := range files {
			read(t, name)
		}
	}
	if lock := read(t, "package-lock.json"); strings.Contains(lock, "resolved") || strings.Contains(lock, "http://") {
		t.Error("the lock file names a registry")
	}
}

// read reads a file of the package.
func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(clienttest.Folder("js"), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
