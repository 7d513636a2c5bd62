package webpage

import (
	"strings"

	"github.com/taskherald/herald/progress"
)

// Lapse is why a link in a message does nothing any more.
type Lapse string

// The lapses.
const (
	Forged     Lapse = "forged"     // it is none of ours
	Late       Lapse = "late"       // its time is over
	Stale      Lapse = "stale"      // the same, of one about an address
	Undecided  Lapse = "undecided"  // nobody decided in time
	Changed    Lapse = "changed"    // something else is asked now
	Superseded Lapse = "superseded" // it was for an earlier run or attempt
	Withdrawn  Lapse = "withdrawn"  // nobody has to decide any more
	Purged     Lapse = "purged"     // the task is not kept any more
	Hidden     Lapse = "hidden"     // the person may not see the task any more
	Departed   Lapse = "departed"   // the person is gone
	Ended      Lapse = "ended"      // the subscription that it came with is off or gone
	Moved      Lapse = "moved"      // the subscription has another address
	Silent     Lapse = "silent"     // nothing is sent there any more, as the link wants it
)

// lapses say each in a title and a sentence or two. PERSON is whose link it is.
var lapses = map[Lapse]struct{ title, text string }{
	Forged:     {"This link is not good", "It was cut off or changed on its way, or is not from this Herald. Go back to the message and press its link again, or log in."},
	Late:       {"This link has expired", "Nothing was decided with it. Links in messages are good for a while only; if the question is still open, log in to answer it."},
	Stale:      {"This link has expired", "Nothing was done with it. Links in messages are good for a while only; whoever logs in can see to it under Notifications."},
	Undecided:  {"Nobody decided in time", "The time to answer is over."},
	Changed:    {"Something else is asked now", "The question of this link was replaced. Nothing was decided with it; a newer message has the new question, and so has the task’s page."},
	Superseded: {"The task has begun anew", "This link was for an earlier run or attempt of it. Nothing is decided with it any more."},
	Withdrawn:  {"The question was withdrawn", "Nobody has to answer it any more."},
	Purged:     {"The task is not there any more", "What has ended is kept for a while only. There is nothing left to decide."},
	Hidden:     {"This is not for PERSON any more", "The link is in the name of PERSON, who may not see the task any more."},
	Departed:   {"PERSON is not here any more", "The link is in the name of PERSON, who has no access to this Herald any more. Nothing was done with it."},
	Ended:      {"This link is off", "The subscription that it came with was removed or switched off, and its links with it. Nothing was done; log in to go on."},
	Moved:      {"The address has changed", "This link was sent to an address that is not told any more. There is nothing left to do with it."},
	Silent:     {"Nothing is sent any more", "The subscription of this mail was removed, or has another address."},
}

// said is a lapse in words.
type said struct{ Title, Text string }

func (l Lapse) said(p progress.Person) said {
	fill := strings.NewReplacer("PERSON", who(p))
	return said{fill.Replace(lapses[l].title), fill.Replace(lapses[l].text)}
}

// Says is why the link does nothing, in a sentence for programs. It begins with a small
// letter and has no full stop.
func (l Lapse) Says(p progress.Person) string {
	title := l.said(p).Title
	if p == "" || !strings.HasPrefix(title, string(p)) {
		title = strings.ToLower(title[:1]) + title[1:]
	}
	return title
}
