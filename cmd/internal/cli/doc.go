// Package cli is the command line of herald: one file a subcommand, and what
// they share.
//
// Results go to stdout; the log, greetings, questions and errors go to stderr. An
// error says what to do next. The exit code is 0 when all went well, 1 when
// something could not be done, and 2 when the arguments or the settings are
// wrong; the help has the whole table. What scripts want has --json.
//
// The commands that talk to a server are made by calls: it gives them the flags
// that connect reads, and turns what the client says into what a person can act
// on. They find their task by its id or the beginning of it.
//
// What is written to a terminal is laid out by templates/textcard. Colours and
// redrawing in place are for terminals alone, and only where TERM, NO_COLOR and
// the locale allow it; files and pipes get plain lines. No text that came from a
// task, a server or an error reaches a terminal with its control characters.
//
// Process is all that a command gets from the system, so that a test can give it
// something else.
package cli
