// Package estimate says how long a run still takes: from low to high, and
// likely, out of past runs of its kind and of how it goes itself. It is pure: no
// clock, no files, no network, and the same runs in the same order give the same
// numbers.
//
// A Book learns runs that have ended and answers for those under way. For each
// step name of a kind it keeps what the step took in the newest runs, as
// logarithms, for what is said of times ("half as long", "a third more") are
// ratios.
//
//   - A series guesses the next value by four means that forget at different
//     speeds, each with and without the size of the job, and believes those that
//     did best lately. So a change of the machine is followed within two or three
//     runs, and noise is not.
//   - A curve knows which part of a step's time is used up at a percent: most
//     percents are not linear in time.
//   - A cloud joins them into what is believed of a running step: bells at its
//     past times, weighed by what its percent says, and cut off below the time
//     that it has taken already. A step that takes 10 s or, without its cache,
//     100 s is expected at 100 s soon after it has taken 10.
//   - The pace, how much slower than guessed this run's steps were so far, moves
//     the steps to come by as much as it did in past runs of the kind.
//   - What has not begun counts by how often it still came in past runs, at the
//     time that it added to them: what runs beside another step adds little.
//   - A band learns how far the truth lies from the guess and sets low and high
//     so that four of five come between them (adaptive conformal inference, Gibbs
//     and Candès 2021): for each part of the way, over all kinds and for the kind.
//     For that each run that has ended well is asked about on its way, before it
//     is learned.
//
// A kind that is not known borrows: the times of steps of the same names in other
// kinds, else what steps take at all, moved strongly by its own pace. Runs that
// failed or were cancelled teach the steps that they completed, and nothing else.
//
// Time that was spent paused, or waiting for people, is in no number here: whoever
// makes a Run leaves it out.
//
// A book keeps the newest 24 values of at most 256 steps a kind and at most 500
// kinds: about 2 KiB a step.
package estimate
