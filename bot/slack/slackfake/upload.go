package slackfake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// File is a file that was shared.
type File struct {
	ID, Name, Title string
	Content         string
}

// file is a file as Slack keeps it.
type file struct {
	File
	length int
	sent   bool // it was uploaded
	done   bool // and completed
}

func (f *file) shape() answer {
	return answer{
		"id": f.ID, "name": f.Name, "title": f.Title, "size": len(f.Content), "user": Bot, "mimetype": "text/plain", "filetype": "text", "mode": "snippet",
		"preview": f.Content[:min(len(f.Content), 500)], "permalink": "https://herald.slack.com/files/" + Bot + "/" + f.ID,
	}
}

// uploadURL says where a file is to be sent.
func uploadURL(c *call) (answer, *refusal) {
	name, length := c.args["filename"], c.args.num("length", 0)
	if name == "" || length <= 0 {
		return nil, no("invalid_arguments").because("[ERROR] missing required field: filename or length")
	}
	f := &file{File: File{ID: c.id("F"), Name: name, Title: name}, length: length}
	c.files[f.ID] = f
	return answer{"upload_url": c.at.url("files.slack.com", "/upload/v1/"+f.ID), "file_id": f.ID}, nil
}

// serveUpload takes a file: its bytes, or a form with one part.
func serveUpload(s *Slack, w http.ResponseWriter, r *http.Request) {
	content, err := sent(r)
	fault := s.faults.meet(Upload, args{})
	if fault.Keep {
		upload(s, r, content)
	}
	if !fault.wait(r) {
		return
	}
	if fault.stops() {
		fault.write(w, http.StatusOK, answer{})
		return
	}
	if err != nil || !fault.Keep && !upload(s, r, content) {
		http.Error(w, "it is not what was announced", http.StatusBadRequest)
		return
	}
	_, _ = fmt.Fprintf(w, "OK - %d", len(content)) // who asked may be gone
}

// upload keeps what was sent, if it is as long as was said and the first.
func upload(s *Slack, r *http.Request, content []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.work.files[strings.TrimPrefix(r.URL.Path, "/upload/v1/")]
	if f == nil || f.sent || f.length != len(content) {
		return false
	}
	f.sent, f.Content = true, string(content)
	return true
}

func sent(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return io.ReadAll(r.Body)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			var all bytes.Buffer
			_, err := all.ReadFrom(part)
			return all.Bytes(), err
		}
	}
}

// completeUpload shares files that were sent.
func completeUpload(c *call) (answer, *refusal) {
	var wanted []struct{ ID, Title string }
	if json.Unmarshal([]byte(c.args["files"]), &wanted) != nil || len(wanted) == 0 {
		return nil, no("invalid_arguments")
	}
	var all []*file
	shapes := []answer{}
	for _, one := range wanted {
		f := c.files[one.ID]
		if f == nil || !f.sent || f.done {
			return nil, no("file_not_found")
		}
		all = append(all, f)
		shapes = append(shapes, answer{"id": f.ID, "title": one.Title})
	}
	if refused := share(c, all); refused != nil {
		return nil, refused
	}
	for i, f := range all {
		f.done = true
		if wanted[i].Title != "" {
			f.Title = wanted[i].Title
		}
	}
	return answer{"files": shapes}, nil
}

// share writes the message that shows the files.
func share(c *call, all []*file) *refusal {
	id := c.args["channel_id"]
	if id == "" {
		return nil
	}
	r := c.room(id)
	switch {
	case r == nil, r.Private && r.im == "" && !r.Bot:
		return no("channel_not_found")
	case r.Archived:
		return no("is_archived")
	case !r.Bot:
		return no("not_in_channel")
	}
	p := &post{user: Bot, bot: BotID, text: c.args["initial_comment"], files: all}
	if refused := c.answers(r, p, c.args["thread_ts"]); refused != nil {
		return refused
	}
	r.open = true
	c.add(r, p)
	c.posted(r, p)
	return nil
}
