package notify

import (
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestWay is how classes are told on channels.
func TestWay(t *testing.T) {
	t.Parallel()
	p := Preferences{Ways: map[string]map[Class]Way{Email: {ClassStep: WayDigest, ClassEnd: WayOff}, WebPush: nil}}
	for _, c := range []struct {
		channel string
		class   Class
		way     Way
	}{
		{Email, ClassStep, WayDigest}, {Email, ClassEnd, WayOff}, {Email, ClassAlarm, WayOn},
		{WebPush, ClassStep, WayOn}, {Browser, ClassStep, WayOn},
	} {
		if way := p.way(c.channel, c.class); way != c.way {
			t.Errorf("%s by %s is %s", c.class, c.channel, way)
		}
	}
}

// TestMuted is which mute keeps something from being told.
func TestMuted(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	task := &progress.Task{ID: "a", Spec: &progress.Spec{Kind: "k", Labels: map[string]string{"env": "prod"}}}
	for _, c := range []struct {
		name  string
		class Class
		mutes []Mute
		muted int // which, from 1; 0 for none
	}{
		{"none", ClassStep, nil, 0},
		{"everything", ClassStep, []Mute{{}}, 1},
		{"for ever", ClassAlarm, []Mute{{Match: Match{Kind: "k"}}}, 1},
		{"of another kind", ClassStep, []Mute{{Match: Match{Kind: "x"}}}, 0},
		{"of a task", ClassStep, []Mute{{Match: Match{Task: "b"}}, {Match: Match{Task: "a"}}}, 2},
		{"of a label", ClassStep, []Mute{{Match: Match{Labels: map[string]string{"env": "prod"}}}}, 1},
		{"for a time", ClassStep, []Mute{{Until: at.Add(1)}}, 1},
		{"not any more", ClassStep, []Mute{{Until: at}}, 0},
		{"long ago, and again", ClassStep, []Mute{{Until: at.Add(-time.Hour)}, {Until: at.Add(time.Hour)}}, 2},
		{"a question", ClassApproval, []Mute{{}}, 0},
		{"an end", ClassEnd, []Mute{{}}, 0},
		{"a question, and all", ClassApproval, []Mute{{}, {All: true}}, 2},
		{"an end, and all", ClassEnd, []Mute{{All: true}}, 1},
		{"an end, and all not any more", ClassEnd, []Mute{{All: true, Until: at}}, 0},
		{"an alarm, and all", ClassAlarm, []Mute{{All: true}}, 1},
	} {
		p := Preferences{Mutes: c.mutes}
		var want *Mute
		if c.muted > 0 {
			want = &p.Mutes[c.muted-1]
		}
		if mute := p.muted(task, c.class, at); mute != want {
			t.Errorf("%s: %+v", c.name, mute)
		}
	}
}
