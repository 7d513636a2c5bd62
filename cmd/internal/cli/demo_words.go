package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/taskherald/herald/progress/client"
)

// welcome says where to look.
func (d *demo) welcome(page string) {
	fmt.Fprintf(d.Stderr, `Herald runs a real pipeline now. Watch it on a page, this link logs you in once:

    %s

or in another terminal:

    export HERALD_URL=%s HERALD_TOKEN=%s
    %s watch demo

Ctrl-C ends it all and leaves nothing behind.

`, page, d.client.URL(), d.token, d.herald)
}

// explain says what to try when it can be tried.
func (d *demo) explain(ctx context.Context) {
	said := map[string]bool{}
	for ctx.Err() == nil {
		for f, err := range d.client.Watch(ctx, client.Watch{Task: "demo"}) {
			if err == nil && !said[f.Type] {
				said[f.Type] = true
				d.tip(f.Type)
			}
			if ctx.Err() != nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(2 * time.Second): // it has ended, and may be restarted
		}
		for _, again := range []string{"approval_needed", "task_complete", "task_failed", "task_cancelled"} {
			delete(said, again)
		}
	}
}

func (d *demo) tip(frame string) {
	tips := map[string]string{
		"step_started":    "Pause it, on the page or with: H pause demo. Its processes stop where they are, until: H resume demo",
		"task_paused":     "Nothing runs now. Go on with: H resume demo",
		"task_resumed":    "It goes on where it was. Cancel and start over in one act: H restart demo",
		"approval_needed": "It waits for you: press Approve on the page, or: H approve demo --reason \"looks good\"",
		"task_complete":   "Done. See what it wrote with: H logs demo. Run it once more with: H restart demo. Ctrl-C ends the demonstration.",
		"task_failed":     "It failed. Try the failed step again with: H retry demo, or leave it out with: H skip demo",
		"task_cancelled":  "Cancelled; its processes are gone. Start over with: H restart demo",
	}
	if tip := tips[frame]; tip != "" {
		fmt.Fprintf(d.Stderr, "\n  > %s\n\n", strings.ReplaceAll(tip, "H ", d.herald+" "))
	}
}
