// Package templates is the book: all words and layouts that Herald speaks with.
// Whoever sends or shows something encodes and sends; it writes no sentence.
//
// A [Book] makes three things, each in the language and zone of its
// [Reader]:
//
//   - a [Card] is a picture of the task as it is: a sentence on how it stands, the
//     lines around the present step, how long it still takes, what has to be
//     decided, what went wrong and what can be done;
//   - a [Notice] is one thing that happened, in a sentence with details below it: an
//     event, a [Note] that is about no task, or a [Digest] of tasks in a line each.
//   - a [Reply] is what the bot says to somebody: an [Answer], which is data, in words.
//
// All are neutral: they hold words and no layout. A surface with buttons and
// blocks builds its message of their fields; one that shows text asks
// [Book.Layout] for it, in one of the [Form]s, and says how much room there is. It
// always fits: what matters least goes first. One that sends documents of its own draws
// them on a [Sheet] (package mailcard).
//
//	b := templates.New(templates.Options{})
//	card := b.Card(templates.Subject{Task: &task, Now: now}, templates.Reader{Lang: "de"})
//	fmt.Println(b.Layout(templates.Text, card, templates.Fit{Characters: 2000}))
//
// The book is pure: the time comes in as an argument, and the same arguments give
// the same words. [Card.Hash] tells whether two cards look the same.
//
// # Words and layouts
//
// Words stand in words/LANGUAGE/*.yaml (package words), layouts in
// layouts/THING.FORM.tmpl: card, notice or reply, text, markdown or html. A layout is a
// template of Go, executed on the fields of the thing, with .Plus and .PlusEffects for
// what was left out, and .Open, the words of a link. JSON is the thing itself. A reply
// with a card is laid out as that card, and below it what is left to say as a reply
// without .Text. The layouts of sheets stand with their packages.
//
// [Options].Folder is a user's own tree of the same shape, with the layouts of sheets
// among the others. It is read when the book or the sheet is opened: every layout has
// to do for every one of the [Scenes] or [SceneAnswers]. What does not is left out, told to Trouble, and
// ours stands in; so it is with a layout that fails later.
//
// # Strangers' texts
//
// Titles, names, messages and reasons come from anywhere. On a card they are one
// line of bounded length, without characters that control, hide or reorder; one
// that runs from right to left is isolated from the sentence around it. Markdown
// gets them escaped, so that no markup, link or mention comes of them, and HTML by
// html/template. Who builds blocks of the fields has to escape by the rules of
// their surface. Lines of output keep their spaces; what looks like a password, a token or
// a key is taken out of them.
//
// # Scenes
//
// [Scenes] and [SceneAnswers] are sample situations that every surface has to show well. How they
// read here is in testdata/scenes; it changes by `go test ./templates -update`, and
// is there to be read.
package templates
