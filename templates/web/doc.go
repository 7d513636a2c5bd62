// Package web holds the files that Herald's pages load: a style sheet, another for
// the pages of figures, a script and an icon. They are part of the binary, are made by no build step and ask
// for nothing from elsewhere.
//
// A file's name holds a hash of its content ([Asset.Name]), so that a browser
// may keep it for ever: another content has another name.
//
// The script draws nothing. A page is made by the server alone; what follows
// only keeps it fresh:
//
//   - A socket rings. The script then asks for the part of the page that
//     changes (?fragment=1), at most four times a second and the less often the
//     longer an answer takes, and grafts it onto what is shown: nodes that stay
//     the same stay in place, with their focus, selection, scrolling and what
//     was typed or opened.
//   - Percents are the exception, as they come far more often than anything
//     else: a progress frame moves its bars at once.
//   - The time that a task still takes passes by itself: where a page shows one
//     the script asks every twenty seconds, whatever happens.
//   - A milestone is read out (aria-live) from the sentence that the server put
//     into data-say.
//   - Forms are sent in place. Without the script they work as forms do.
//
// So there is one layout and one set of words, in package webpage, and what
// works without the script is all that there is to work.
package web
