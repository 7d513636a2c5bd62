package slackfake

import (
	"context"
	"net"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/faketest"
)

// Transport serves the Web API, response_urls and uploads without a network: every
// request is for this workspace, whatever its host. A request is answered in the
// goroutine that makes it.
func (s *Slack) Transport() http.RoundTripper { return faketest.Transport(s) }

// Dialer opens sockets to the workspace: for socketmode.OptionDialer.
func (s *Slack) Dialer() *websocket.Dialer {
	return &websocket.Dialer{WriteBufferSize: 32 << 10, NetDialContext: s.Dial, NetDialTLSContext: s.Dial}
}

// Dial is a connection for a socket: inside the process to the host of the real one, which
// is what [Slack.Transport] hands out, and by the network to any other. The former knows no
// TLS, and the addresses that are handed out for it ask for none.
func (s *Slack) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, _, _ := strings.Cut(address, ":"); host != socketHost {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	far, near := net.Pipe()
	go faketest.Answer(far, s)
	return near, nil
}

// socketHost is where the sockets of the real one are.
const socketHost = "wss-primary.slack.com"
