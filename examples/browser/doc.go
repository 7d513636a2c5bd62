// Browser serves a page that shows tasks live, commands them, and reports a job of
// its own, with the JavaScript client and no build step: see index.html.
//
//	go run ./examples/browser      # from the top of the repository; it says what to open
//
// A page talks to the server that it came from. So this program passes what begins
// with /api/ and /ws/ on to the Herald at HERALD_URL, as a reverse proxy in front of
// an application would. (Without one, "herald serve --cors ORIGIN" lets pages of that
// origin in.) The page asks for the token, and keeps it no longer than it is open.
//
// The program adds no credential: what passes is the page's own. It answers only
// under the address that it says, and nothing that another page has sent.
package main
