// Package strangertest makes tasks, events and answers with texts that try to be more than
// text: markup, mentions and links of chat platforms, control sequences, ten thousand
// characters, letters that run from right to left.
//
// A [Stranger] writes the same each time, so what a fuzz finds is found again. Layouts are
// held to showing such tasks letter by letter. No binary has this package.
package strangertest
