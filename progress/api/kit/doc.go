// Package kit is what every HTTP face of Herald shares: problem documents,
// bodies that are read within a limit and refused with the field's name,
// request ids, and limits on how fast one caller may go.
//
// One table says which HTTP status an error of the domain has; handlers return
// errors and never write them.
package kit
