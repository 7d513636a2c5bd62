// Package client talks to a Herald server: it reports, watches, commands and
// claims.
//
//	c, err := client.New(client.Options{URL: os.Getenv("HERALD_URL"), Token: os.Getenv("HERALD_TOKEN")})
//	task, err := c.Task(ctx, "crm-4711")
//	task, err = c.Command(ctx, "crm-4711", progress.VerbPause, client.CommandOptions{Reason: "lunch"})
//
// A worker reports through a [Reporter], which never holds up the work: it
// buffers, merges percents, sends again what was not answered, and keeps what
// is left in a folder when the server stays away, for [Client.Sync] to send
// later.
//
//	r := c.Reporter(client.ReporterOptions{Task: id, Draft: &client.Draft{Title: "Import"}})
//	r.Report(progress.Report{Step: progress.StepRef{Name: "Load"}, StepProgress: &percent})
//	left, err := r.Close(ctx)
//
// [Client.Watch] yields the frames of a task as they come, and comes back by
// itself after a break.
//
// [ChatOf] talks with the bot of the server in plain words, and presses its buttons.
//
// An error is one of three. A [*Problem] is what the server said of a request
// that it refuses. An [*Away] means that nothing was decided: the server cannot
// be reached, or cannot do it now, and the same request may be sent again. It
// holds the Problem, if there was one. What else there is comes from the context
// or from values that cannot be sent.
//
// The token goes to the server's own host and nowhere else: it is in no error,
// no log and no file, and no redirect takes it to another host. Proxies are
// those of the environment, as net/http has them, and never stand between this
// program and its own machine.
//
// A Client may be used from any number of goroutines.
package client
