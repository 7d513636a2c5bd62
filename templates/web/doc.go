// Package web holds the files that Herald's pages load: style sheets, scripts and
// icons. They are part of the binary, are made by no build step and ask for nothing from
// elsewhere.
//
// A file's name holds a hash of its content ([Asset.Name]), so that a browser
// may keep it for ever: another content has another name. The service worker and the
// manifest keep theirs, as browsers look there again ([Rooted]). The pictures are
// icon.svg as Chromium paints it: with its round corners, to the edges for phones that
// cut a shape of their own (icon-maskable and apple-touch-icon, the letter at four
// fifths), and the letter alone, which Android paints in its colour (badge).
//
// The script of all pages, app.js, draws nothing. A page is made by the server alone;
// what follows only keeps it fresh:
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
//   - Forms in the part that changes are sent in place. Without the script they work as
//     forms do, and so do those beside that part, as the one of preferences, in which
//     people type for longer.
//
// So there is one layout and one set of words, in package webpage, and what
// works without the script is all that there is to work.
//
// The chat box (chat.js) is the other thing that needs a script: a message goes to POST
// /api/chat with the session's cookie, and what comes back is drawn as text, as titles and
// lines are other people's. A conversation is the tab's and of one person: it lives in
// sessionStorage, fifty turns of it, so that it goes on upon the next page, and with what
// was not answered there. Each message has an id; what may have been lost goes once more
// with the same one, by which the server does nothing twice, and then waits for the
// reader. The box is no modal dialog: the page beside it stays in use, and shows what a
// message has changed.
//
// Notices need scripts. People turn them on for a browser, by push, or else for as long
// as a page of tasks is open in it (notifications.js). What they chose stays in that
// browser with their name, so that whoever logs in there next is told nothing of theirs.
// On each page notices.js sees that the server still knows how the browser is reached,
// and shows the notices of the page's socket where push does not, once however many
// tabs are open, and not in a page that the reader looks at.
//
// The service worker (sw.js) keeps no pages. It shows what is pushed, in the form of
// Declarative Web Push, which Safari shows without asking it: notifications of one task
// have one tag, and the newest takes the place of the one before. A button that came
// with a ticket decides at once (POST /api/act), and the answer takes the place of the
// question; others open a page. Sentences come from the server but for two, which are
// said where it was not understood or not reached.
package web
