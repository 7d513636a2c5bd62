package main

import (
	"context"
	_ "embed" // for the page
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"time"
)

//go:embed index.html
var page []byte

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Getenv("HERALD_URL"), os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}

// run serves the page until ctx ends.
func run(ctx context.Context, herald string, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("browser", flag.ContinueOnError)
	flags.SetOutput(stdout)
	listen := flags.String("listen", "127.0.0.1:9000", "address of the page")
	modules := flags.String("client", "progress/client/js", "folder of the JavaScript client")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if herald == "" {
		herald = "http://127.0.0.1:8080"
	}
	target, err := url.Parse(herald)
	if err != nil {
		return err
	}
	if _, err := os.Stat(*modules + "/index.js"); err != nil {
		return fmt.Errorf("the JavaScript client is not there; start this from the top of the repository, or say --client: %w", err)
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	addr := ln.Addr().String()
	s := &http.Server{Handler: own(addr, site(target, *modules)), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	fmt.Fprintf(stdout, "open http://%s and paste the token; Ctrl-C ends this\n", addr)
	if err := s.Serve(ln); ctx.Err() == nil {
		return err
	}
	return nil
}

// site is the page, the client, and the way to Herald.
func site(herald *url.URL, modules string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // a browser that has left needs none
	})
	mux.Handle("GET /client/", http.StripPrefix("/client/", http.FileServer(http.Dir(modules))))
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(herald)
		r.Out.Header.Del("Cookie") // cookies know no port: this one may be that of Herald's own pages
		r.Out.Header.Del("Origin") // which was looked at
	}}
	mux.Handle("/api/", pass)
	mux.Handle("/ws/", pass)
	return mux
}

// own refuses what comes under another name or from another page.
func own(addr string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if r.Host != addr || origin != "" && origin != "http://"+addr {
			http.Error(w, "this is for its own page only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
