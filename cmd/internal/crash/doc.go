// Package crash kills the built herald command, again and again, and holds that
// nothing is lost. It has tests only.
//
//   - TestSoak kills the server under about 2,000 reports a second, starts it
//     again on the same database and port, and compares everything that was
//     answered before with what is there.
//   - TestPipelines kills the server, the runner of a pipeline, or both, at each
//     boundary of its steps and in the middle of them, starts again what was
//     killed, and wants each step done once.
//   - TestCommand… runs one command while its server goes away.
//
// Each has a short form, which runs with all other tests. HERALD_SOAK is the
// number of kills of the long one ("make soak"); then the whole matrix of
// pipelines is run too.
package crash
