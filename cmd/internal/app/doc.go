// Package app puts Herald together and runs it.
//
//	a, err := app.Open(ctx, settings, log)
//	a.Greet(os.Stderr)
//	err = a.Run(ctx) // until ctx ends
//
// Open leaves nothing to go wrong later: the database is migrated and writable,
// the address is taken, and there is a way in. Tests start the same server on
// port 0 and ask Addr where it is.
//
// Run ends gently. Nothing new is accepted, requests that wait for something are
// answered as things are, sockets are closed with 1001 so that clients come
// back, and requests under way get ten seconds. Then the engine, what access has
// noted and the database are closed, in this order.
package app
