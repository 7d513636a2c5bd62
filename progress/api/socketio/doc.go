// Package socketio is a small server of Socket.IO: protocol 5 over Engine.IO 4,
// as the stock client of today speaks it. It knows the default namespace, text,
// and acknowledgements of what a client emits; it has no rooms, no binary
// packets, and asks clients for no acknowledgements.
//
//	s := socketio.New(socketio.Options{Connect: admit, Event: heard, Gone: left})
//	http.Handle("/socket.io/", s)
//	e, err := socketio.NewEvent("moved", where)
//	k.Emit(e) // of any Socket that Connect has seen
//	s.Close() // clients go to the next server
//
// # Sessions and transports
//
// A session outlives the transport it began with. It has a queue of packets, and
// at any time one transport that empties it: polls, or a WebSocket. What a poll
// or a writer has taken is never given to another, so each packet is sent once
// and in order, through an upgrade too. A client that upgrades probes the
// WebSocket first; while it does, polls are answered soon, with nothing if need
// be, because the client waits for its last one before it changes over. From
// then on what waits goes to the WebSocket.
//
// A session that is lost is lost with what waited for it: the client connects
// anew and is a new [Socket].
//
// # What a peer can cost
//
// A session that has not connected to the namespace ends after a while, and there
// is a bound of such sessions, in all and by address. What may wait for a peer is
// bounded in packets and bytes; past it the session ends, and the client comes
// back. What a peer sends is bounded too. A packet that makes no sense ends the
// session.
//
// An idle WebSocket costs one goroutine, which reads, and a timer for its pings.
// A goroutine that writes lives while there is something to write. A poll that
// waits is one request of the HTTP server.
//
// # Callbacks
//
// Connect, Event and Gone of one session are called one at a time, in order;
// while they run nothing more of its peer is read, its answers to pings neither,
// so they should be quick. Still may be called at any time. None of them may
// call Close.
package socketio
