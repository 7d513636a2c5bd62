// Approval is a worker that asks before it does what cannot be undone: a template
// for workers of your own.
//
//	go run ./examples/approval --make     # makes a task to try it with
//	go run ./examples/approval            # waits for tasks of the kind "deploy"
//
// It claims tasks of a kind, one after the other. Of each it does a first step,
// asks for an approval of the second with what it will do, how risky that is and
// until when the question stands, and does what the answer says: proceed, skip,
// fail or cancel. Between its units of work it obeys pause and resume, and it stops
// when its task is cancelled, restarted or retried, by whomever and from wherever.
// Approve with
//
//	herald approve TASK --reason "the tests are green"
//
// or in the browser. What is yours to write is in deploy.go; how a worker talks to
// Herald is in job.go, and how it gets its jobs in main.go.
//
// It may be killed at any time: its lease lapses within a minute, and the next
// worker goes on after the steps that are done. While the server is away it waits
// with a question, and goes on with work; what it has to report is sent later.
//
// It finds the server and the token in HERALD_URL and HERALD_TOKEN; the scopes
// read and report are enough.
package main
