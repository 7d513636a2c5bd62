// Package law holds the rules of this repository that a compiler does not
// know, as tests: who may import whom, how large a thing may grow, where SQL
// may be written, what every name owes its reader.
//
// A law is a function from the parsed tree to findings, and stands in a file
// of its own:
//
//	imports_test.go   one line a package: what it may import of ours
//	fences_test.go    one fence a dependency: where it may be used, and why
//	pure_test.go      the domain reads no clock
//	sizes_test.go     types, interfaces, files and functions stay small
//	globals_test.go   no init, no registry
//	comments_test.go  every package has a page, every exported name a sentence
//	sql_test.go       where SQL is, and how little of it knows its database
//	habits_test.go    go.mod, cgo, silenced linters
//	top_test.go       what may stand at the top level
//
// An exemption is a line in exempt_test.go with its because; one that is no
// longer needed fails too. Each law is proved able to fail on trees of a few
// lines, in cases_test.go and crossings_test.go. Everything is parsed and
// nothing is type-checked, so the whole takes well under a second.
package law
