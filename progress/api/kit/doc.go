// Package kit is what every HTTP face of Herald shares: problem documents,
// bodies that are read within a limit and refused with the field's name,
// request ids, and limits on how fast one caller may go.
//
// A part of the API that lives elsewhere is a [Guest]: it hands over its table of
// routes and its part of the description, and needs to know nothing of its host.
//
// One table says which HTTP status an error of the domain has; handlers return
// errors and never write them.
package kit
