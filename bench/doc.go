// Package bench measures Herald against what is possible on the same machine in
// the same run: a report against a bare gin handler that only decodes the same
// JSON, group commit against a commit a report, a large plan against a small
// one.
//
// Only ratios within one run mean anything. "make bench" runs all;
// docs/performance.md keeps what was measured.
package bench
