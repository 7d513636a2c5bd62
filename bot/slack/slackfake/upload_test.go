package slackfake_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

func TestUpload(t *testing.T) {
	check := func(t *testing.T, s *slackfake.Slack, api *slack.Client) {
		_, root, err := api.PostMessage(slackfake.General, slack.MsgOptionText("root", false))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := api.UploadFile(slack.UploadFileParameters{
			Channel: slackfake.General, ThreadTimestamp: root, Filename: "log.txt", Title: "The log", Content: "line 1\nline 2", FileSize: 13, InitialComment: "here",
		}); err != nil {
			t.Fatal(err)
		}
		all := s.Channel("general").Messages()
		if len(all) != 2 || all[1].Thread != root || all[1].Text != "here" || len(all[1].Files) != 1 || all[1].Files[0].Content != "line 1\nline 2" || all[1].Files[0].Title != "The log" {
			t.Errorf("got %+v", all)
		}
	}
	t.Run("outside", func(t *testing.T) {
		t.Parallel()
		s := slackfake.New(slackfake.Options{})
		check(t, s, outside(t, s))
	})
	t.Run("inside", func(t *testing.T) {
		bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) { check(t, s, inside(s)) })
	})
}

func TestUploadRefusals(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		refused(t, s, "invalid_arguments", "files.getUploadURLExternal", "filename", "a")
		bring := func(content string) (id string, status int) {
			a := refused(t, s, "", "files.getUploadURLExternal", "filename", "a", "length", "3")
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.str("upload_url"), strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			return a.str("file_id"), raw(t, s, r).status
		}
		complete := func(want, id string, more ...string) {
			t.Helper()
			refused(t, s, want, "files.completeUploadExternal", append([]string{"files", `[{"id":"` + id + `"}]`}, more...)...)
		}
		id, status := bring("four")
		equal(t, "another length", status, http.StatusBadRequest)
		complete("file_not_found", id)
		s.Fail(slackfake.Upload, slackfake.Broken(503))
		_, status = bring("abc")
		equal(t, "status", status, 503)
		id, status = bring("abc")
		equal(t, "status", status, 200)
		complete("channel_not_found", id, "channel_id", "C404")
		complete("not_in_channel", id, "channel_id", slackfake.Random)
		complete("is_archived", id, "channel_id", slackfake.Old)
		complete("", id, "channel_id", slackfake.General)
		complete("file_not_found", id, "channel_id", slackfake.General)
		refused(t, s, "invalid_arguments", "files.completeUploadExternal")
	})
}
