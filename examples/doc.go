// Package examples are small programs that use Herald, each in a folder of its own;
// README.md beside this file lists them and says how to run them.
//
// This package itself is empty. Its tests run the examples that are not written in
// Go, and compare what the documentation shows with the files that it is from.
package examples
