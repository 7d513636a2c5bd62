// Package js holds the JavaScript client, so that a server can give it to pages:
// a page needs no other place to load `<herald-progress>` from.
//
// The modules are as they stand in this folder, README.md says how they are used.
package js

import "embed"

// Modules are the JavaScript modules of the client, by their file names.
//
//go:embed *.js
var Modules embed.FS
