// Command herald runs a Herald server and looks after it.
//
//	herald serve      run the server
//	herald check      print the settings in effect, or all that is wrong with them
//	herald version    say which herald this is
//
// "herald help" says more. What it does is in cmd/internal/cli.
package main
