// Package pipeline reads the file of `herald run PIPELINE.yaml` and says which
// of its steps may start when. It runs nothing and reads no clock; what the keys
// of the file mean is in docs/pipelines.md.
//
//	p, err := pipeline.Load("release.yaml")
//
// An error of Parse is [Problems]: everything that is wrong with the file, each
// thing with its line, its column and what to do about it. A [Pipeline] that
// was parsed is whole: its names are unique, its needs go backwards, and a
// server with the default limits takes its plan.
//
// Steps are in running order. A step comes after all that it needs, and in the
// file's order where needs leave a choice, but a step with an approval comes as
// late as it can: a server takes no report on a step that stands behind an
// approval nobody has decided, so only what has to wait should stand there.
//
// [Pipeline.Next] is the schedule: told how each step stands, it says which to
// start, which approval to ask for, and whether it is all over.
package pipeline
