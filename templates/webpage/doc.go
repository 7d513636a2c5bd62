// Package webpage renders the pages that people see in a browser: the list of
// tasks, one task, what past runs took by kind of task, and what is said when
// something went wrong.
//
// It gets facts (progress.Wire and the like) and writes HTML; it fetches
// nothing and decides nothing. What a person may do is given to it as verbs, and
// each becomes a form that works without a script.
//
// A page has a part that changes, the element #live. [Layout.List] and
// [Layout.Task] write the whole page or, for [Page].Fragment, that part alone:
// the script in package web asks for it whenever the task's socket rings and
// grafts it onto the page. So a page that is followed live and one that is
// loaded anew come from the same template, and the script knows no layout. What
// the script needs to know stands in data attributes:
//
//   - #live has data-socket, data-seq, data-title and data-ended;
//   - a task's element has the id task-ID and data-version; in it each bar has
//     data-of, the step's order, 0 for the task;
//   - data-say is a sentence that is read out when it is new;
//   - ids name what stays the same while things move around it.
//
// Whoever has logged in has a chat box on each page (chat.html), which package web's
// chat.js brings to life: without a script it is a note.
//
// The pages behind links in messages ([Layout.Act] and those beside it) have a frame of
// their own, without a script or a way to load anything from elsewhere: whoever has
// their URL may act.
//
// Titles, names and lines are other people's: html/template escapes them, they
// stand in elements with dir="auto", and long ones wrap.
package webpage
