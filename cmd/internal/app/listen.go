package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"syscall"

	"github.com/taskherald/herald/config"
)

// listen takes the address. In the open mode it looks at where it really
// listens: a name such as localhost means whatever the system says it does.
func listen(ctx context.Context, c config.Config) (net.Listener, error) {
	var l net.ListenConfig
	listener, err := l.Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; %s", c.Listen, cause(err), wayOut(err))
	}
	if at := addrPort(listener); c.Open && !at.Addr().IsLoopback() {
		return nil, errors.Join(listener.Close(),
			fmt.Errorf("%s is %s here, which others can reach; the open mode needs 127.0.0.1", c.Listen, at.Addr()))
	}
	return listener, nil
}

// cause is the last of the errors of a listener, the only one that says more
// than what was tried.
func cause(err error) error {
	if e, ok := errors.AsType[*net.OpError](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		err = e
	}
	return err
}

func wayOut(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "stop the program that listens there, or choose another port with --listen or HERALD_LISTEN"
	case errors.Is(err, fs.ErrPermission):
		return "choose a port from 1024 on with --listen or HERALD_LISTEN"
	}
	return "give an address of this machine with --listen or HERALD_LISTEN, or 0.0.0.0 for all of them"
}

// addrPort is where a listener listens.
func addrPort(l net.Listener) netip.AddrPort {
	tcp, _ := l.Addr().(*net.TCPAddr) // listen makes no other
	at := tcp.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}
