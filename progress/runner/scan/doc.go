// Package scan finds progress in the output of a command while its bytes
// stream by. A [Scanner] takes the bytes, cut anywhere, and gives a [Finding]
// for each thing that it understands; it never changes the output. A [Whole]
// folds the percents into one for the command. The package knows no task and
// no clock, so that the same bytes always give the same findings.
//
// # Lines
//
// A terminal is followed as far as needed to know what a row shows last:
// carriage returns, backspaces, erasing and cursor moves. Colours and other
// sequences are left out. Each row that a line end finishes is a finding of
// kind Line, in its last form only; rows that are redrawn from below (nested
// bars, docker's builds) come when output goes on under them. Bytes that are
// no text are shown as \x00, and a line over 16 KiB is cut with a mark.
//
// # Declared progress
//
// A line that begins with one of these says what it means:
//
//	::progress 45            ::progress 45.5 copying the index
//	::step NAME
//	::substep NAME           ::substep NAME done
//	::metric loss=0.25 ok=true note=fine
//	::result {"rows": 12}
//	::message TEXT
//
// One that cannot be taken is a finding of kind Wrong, whose text says why.
// Other lines with "::", like ::error:: and ::group::, are someone else's.
// Declared beats guessed: after ::progress no percent is guessed any more,
// until ::step begins something of which nothing was declared yet.
//
// # Guessed progress
//
// A form is strong if nothing but progress looks like it, and counts at once:
// a drawn bar beside a percent or a count (tqdm, pip, curl, wget, cargo, rich,
// gradle, Keras), brackets ([45/100], [builder 2/7], [ 45%]), git's phases,
// tables and status lines of curl, rsync and ffmpeg, the words of "Step 3/7"
// and "45% complete", a percent alone on its line, the terminal's sequence for
// the task bar, and any number in a row that is redrawn, since nothing else
// redraws rows.
//
// Any other percent or count is weak. Logs are full of numbers that are no
// progress (loads, shares, dates, versions, results of tests), but those do
// not rise from line to line. So a weak number counts from its second coming
// on, if the line is the same but for its numbers, the number rose, and a
// count has the same total. A fall begins anew. Numbers next to words that
// measure something else ("coverage: 85%", "3/7 tests failed", "save 20%") and
// before a time of day are refused even if they rise; a count in brackets in
// the middle of a sentence is weak at most; and nothing is read from a number
// that is part of a date, a version, a path or an address, is negative, or is
// over the whole, nor from lines over 2 KiB.
//
// A count n of m is taken as n/m, also from tools that name the item that
// begins. Only "Epoch 3/10" counts as two epochs done, and takes the bar of
// the epoch as a part of the third.
//
// What a percent is about is its [Span]. Counts of items span the job, and
// beat bars of bytes and bare percents, which may be one download of many. Of
// rsync the percent is the whole's under --info=progress2; under --progress it
// is one file's and only what is left to check tells about the whole. What apt
// reads before it works is no part of the whole.
//
// Percents keep the value that the tool gives, so they may fall: git comes to
// 100 with each phase. Shape and Label tell phases apart. Whole never falls.
package scan
