package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// server is an http.Server that ends gently.
type server struct {
	http *http.Server
	new  newcomers
	log  *slog.Logger
}

// newServer bounds what a client may take. Streams move their own deadlines.
func newServer(h http.Handler, log *slog.Logger) *server {
	s := &server{new: newcomers{conns: map[net.Conn]bool{}}, log: log}
	s.http = &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ConnState:         s.new.note,
	}
	return s
}

// patience is how long requests under way have when the server stops.
const patience = 10 * time.Second

// stop lets nobody in any more, closes streams, and waits until all requests are
// answered, or for as long as patience lasts.
func (s *server) stop(closeStreams func()) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	closed := make(chan struct{})
	s.http.RegisterOnShutdown(func() { // after the listener is closed, or new streams would come
		defer close(closed)
		closeStreams()
	})
	s.http.RegisterOnShutdown(s.new.close)
	if err := s.http.Shutdown(ctx); err != nil {
		s.log.Warn("requests were cut off", "error", err)
		_ = s.http.Close() // the requests hear of it
	}
	<-closed
}
