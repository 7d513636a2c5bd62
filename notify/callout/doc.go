// Package callout is what channels share that call a far side by the network: what is
// read of its answer, what that means where it means the same to all, and the words
// for a call that got none.
//
// All words are ours. A far side could write anything into an answer or a
// certificate, and errors of the network may hold an address that is secret: neither
// is repeated.
package callout
