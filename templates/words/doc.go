// Package words is what Herald says in each language: sentences as data, and the
// forms of numbers, times and lists.
//
// A language is a folder of YAML files, which a translator can edit without
// reading Go. A key has a text, with places in braces that are filled in:
//
//	step.done: "Step {n} complete: {name}"
//
// A place whose name begins with a capital letter is filled in with a capital
// first letter: {Time} for "About 3 minutes". What depends on a number has a text
// for each plural form that the language has (CLDR: zero, one, two, few, many,
// other); the place {n} chooses, and every form but "other" may leave it out:
//
//	unit.minute: {one: "a minute", other: "{n} minutes"}
//
// All languages have the same keys, with the same places. English is the measure.
//
// A [Lexicon] holds all languages; an overlay of the same shape changes texts one
// by one, and what is wrong in it is left out and told. A [Tongue] is one language
// and speaks: [Tongue.Say] a text, [Tongue.About] a time to come, [Tongue.Clock] a
// time of day.
package words
