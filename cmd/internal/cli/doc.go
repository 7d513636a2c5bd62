// Package cli is the command line of herald: one file a subcommand, and what
// they share.
//
// Results go to stdout; the log, greetings and errors go to stderr. Nothing is
// coloured, so that terminals, files and pipes get the same. The exit code is 0
// when all went well, 1 when something could not be done, and 2 when the
// arguments or the settings are wrong; an error says what to do next.
package cli
