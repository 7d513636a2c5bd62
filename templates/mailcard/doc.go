// Package mailcard writes mails, each as plain text and as HTML with the same words:
// a notice and the picture of its task as it is now, or a notice that is about no
// task, or about many.
//
//	l := mailcard.New(book)
//	mail := l.Mail(mailcard.Input{Notice: &notice, Subject: &subject, Reader: reader})
//
// The first line says what happened. Then come its details, what has to be decided,
// with links that decide, and the task: how far it is, the lines around the present
// step, how long it still takes. What was said once is not said again. At the end
// stands why the reader gets this, and how to stop it.
//
// # Plain text
//
// Lines have at most 78 columns. A URL has a line of its own, however long.
//
// # HTML
//
// Tables lay it out and styles stand in the elements, as Outlook wants it. One style
// sheet has the colours for dark screens. Nothing is loaded from anywhere: a bar is two
// cells of a table, a button a link in one. A colour only repeats what words say. Text
// that programs show beside the subject comes first and is hidden. It is far below the
// 102 KB at which Gmail cuts: what is too long gives up details, then ends of texts.
//
// # Layouts
//
// The layouts are mail.text.tmpl and mail.html.tmpl, here and, in their place, in the
// folder of a user's own (package templates). They are executed on a [View].
package mailcard
