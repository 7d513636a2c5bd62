// Package intents understands what people say about tasks: [Parser.Parse] turns a message
// into a [Reading]. It is pure and deterministic: no network, no model, no clock; the
// same words about the same tasks always mean the same.
//
//	p := intents.New()
//	r := p.Parse(intents.Input{Text: "How's my CRM task going?", Tasks: tasks})
//	// r.Intent is intents.Status, r.Task the task whose title says CRM
//
// What changes a task is only read where everything in the message proves it; whatever
// is negated, conditional, for later, wished or only told is understood and asked about
// ([Clarify]), and a task is never guessed: what fits several is asked about too.
//
// # How a message is read
//
// Each stage is a few functions in a file of its own:
//
//	token      words of the message, folded: case, accents, apostrophes, emoji
//	refer      what names a task: ids, positions, titles, words of titles
//	lexicon    what the other words can be in the message's language
//	clause     parts of the message, each with its marks: negated, conditional, asked …
//	act        proof that a clause asks for something to be done
//	read       else a score for each thing that can be asked
//	resolve    which task is meant
//	talk       whether it is for us at all, where people speak to each other
//
// Words stand in lexicon/LANGUAGE.yaml, which a translator can edit without reading Go; in Go
// there are only those few, as articles and "para", that a rule is about.
// What can be meant is in the [Catalogue], a file each with its examples.
package intents
