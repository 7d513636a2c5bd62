// Package siotest is a small Socket.IO client for tests: protocol 5 over
// Engine.IO 4, the default namespace, text alone.
//
//	c, err := siotest.Dial(ctx, server.URL, siotest.Options{Transport: siotest.Upgrade, Auth: map[string]any{"token": secret}})
//	name, args, err := c.Next(ctx)
//	ack, err := c.Emit(ctx, "workflow:watch", map[string]string{"session_id": "s1"})
//	c.Close()
//
// It answers pings and keeps what comes until [Client.Next] asks. It does not
// reconnect: a test dials again. A refused CONNECT is a [Refused], a refused
// request a [Status]. No binary has this package.
package siotest
