package main

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
)

// meter counts what goes over its connections.
type meter struct {
	requests atomic.Int64 // that were made over HTTP
	dials    atomic.Int64 // connections: a WebSocket is one, and one request
	bytes    atomic.Int64
}

// transport is one whose connections are counted.
func (m *meter) transport() *http.Transport {
	var d net.Dialer
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := d.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			m.dials.Add(1)
			return &counted{c, m}, nil
		},
	}
}

// counted is a connection whose bytes are counted.
type counted struct {
	net.Conn
	meter *meter
}

// Read reads, and counts.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.meter.bytes.Add(int64(n))
	return n, err
}

// Write writes, and counts.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.meter.bytes.Add(int64(n))
	return n, err
}
