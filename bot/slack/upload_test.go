package slack_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// long is more than a message holds.
var long = strings.Repeat("building the index of customers\n", 2000)

// logs is an answer with more than a message holds.
func logs(t testing.TB) notify.Message {
	t.Helper()
	d := asked(t, "task_1", "CRM")
	s, _ := d.subject()
	a := templates.Answer{About: templates.TopicLogs, Task: &s}
	for i := range 400 {
		a.Lines = append(a.Lines, progress.LogLine{N: int64(i + 1), At: s.Now, Line: fmt.Sprintf("%d: %s", i, strings.Repeat("customers ", 8))})
	}
	said := book().Reply(a, templates.Reader{}, s.Now)
	return notify.Message{ID: "msg_logs", Class: notify.ClassAnswer, Urgent: true, Reply: &said}
}

// TestUpload holds the three steps of a file.
func TestUpload(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{Unlimited: true})
	o := open(t, s, slack.ClientOptions{API: s.Start(t)})
	root := o.send(t, slackfake.General, note("root"))
	_, ts, _ := strings.Cut(root, "/")
	u := slack.Upload{Channel: slackfake.General, Thread: ts, Name: "output.log", Title: "Output", Content: long}
	if err := o.client.UploadFile(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	all := o.sees(slackfake.General)
	last := all[len(all)-1]
	if len(last.Files) != 1 || last.Thread != ts {
		t.Fatalf("%+v", last)
	}
	for _, step := range []string{"files.getUploadURLExternal", slackfake.Upload, "files.completeUploadExternal"} {
		o.Fail(step, slackfake.Broken(http.StatusServiceUnavailable))
		if err := o.client.UploadFile(t.Context(), u); err == nil {
			t.Errorf("%s has failed, and nobody says so", step)
		} else {
			clean(t, err.Error(), "upload/")
		}
	}
}

// TestFiles holds that what is too long for a message is a file where the message is, and
// that a file which does not arrive is no reason to say the message twice.
func TestFiles(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	root := o.send(t, slackfake.General, note("root"))
	_, ts, _ := strings.Cut(root, "/")
	for name, m := range map[string]notify.Message{"alone": logs(t), "below": logs(t)} {
		if name == "below" {
			m.Thread = root
		}
		o.send(t, slackfake.General, m)
		all := o.sees(slackfake.General)
		said, file := all[len(all)-2], all[len(all)-1]
		if first(t, said) != m.ID || len(file.Files) != 1 || !strings.Contains(file.Files[0].Content, "399: customers") {
			t.Errorf("%s: %+v, then %+v", name, said, file.Files)
		}
		if below := m.Thread != ""; (said.Thread == ts) != below || file.Thread != said.Thread {
			t.Errorf("%s: they are below %q and %q", name, said.Thread, file.Thread)
		}
	}
	before := len(o.sees(slackfake.General))
	for _, step := range []string{"files.getUploadURLExternal", slackfake.Upload, "files.completeUploadExternal"} {
		o.Fail(step, slackfake.Broken(http.StatusServiceUnavailable))
		o.send(t, slackfake.General, logs(t))
	}
	if all := o.sees(slackfake.General); len(all) != before+3 || strings.Count(o.log.String(), "a file was not uploaded") != 3 {
		t.Errorf("%d messages, and the log is %s", len(all)-before, &o.log)
	}
	clean(t, strings.ReplaceAll(o.log.String(), "slack.com", ""), "/upload/")
}
