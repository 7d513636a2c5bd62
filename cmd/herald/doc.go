// Command herald runs a Herald server and looks after it.
//
//	herald serve               run the server; check and doctor look after it
//	herald demo                see it work
//	herald run -- COMMAND      run something as a task; worker claims tasks
//	herald tasks               list tasks; show, watch and logs look at one
//	herald approve ID          decide; pause, resume, cancel, restart, retry and skip control
//	herald token, herald user  look after tokens and people
//	herald version             say which herald this is
//
// "herald help" says more. What it does is in cmd/internal/cli.
package main
