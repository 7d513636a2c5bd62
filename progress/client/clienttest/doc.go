// Package clienttest runs scripts of other languages in Go tests.
//
// [Node] gives them the packages with which the JavaScript client is tested.
// What a script prints, and why it failed, are the test's. [Paper] is what a
// program prints while it runs. No binary has this package.
package clienttest
