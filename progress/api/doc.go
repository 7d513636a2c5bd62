// Package api is Herald's native face over HTTP: reading tasks, reporting on
// them, commanding them, and following them live by WebSocket or server-sent
// events.
//
// Every route is a row of the table in routes.go. One wrapper (call.go) gives
// each request its id, finds out who calls, holds them to their rate and their
// rights, and turns the error that a handler returns into a problem document.
// Handlers read the request, give a command to the engine or ask the store, and
// reply; they decide nothing. The routes of guests (guests.go), which live in
// packages that this one does not know, go the same way.
//
// People see pages (pages.go): templates/webpage renders them, and what their
// buttons do goes the way of every other command.
//
// The document at /openapi.json describes every route; a test holds the two
// together, and every reply in the tests is checked against it.
package api
