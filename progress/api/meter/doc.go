// Package meter measures a server for Prometheus.
//
//	m := meter.New(meter.Options{Version: version, Size: db.Size})
//	engine.New(store, engine.Options{Watch: m})     // commands and commits
//	r := m.Route("getTask")                         // then, for each request:
//	r.Answered(status); r.Took(duration)
//	err := m.Watch(meter.Sources{…})                // what is read when somebody asks
//	err = m.WatchLetters(meter.Letters{…})          // the same of what is to be delivered
//	http.Handle("/metrics", m.Handler(log))
//
// What happens often is counted as it happens, with atomic additions alone. What
// merely is, such as how many tasks there are, is read when somebody asks; tasks
// and letters are counted at most every ten seconds, as that may take a while.
//
// Every label has few values, which the program's own tables bound: no name of a
// task, a person, a worker or a path ever becomes one. Each meter has a registry
// of its own. The page docs/operations.md names every metric, and a test compares
// it with what is exposed.
package meter
