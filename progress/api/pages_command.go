package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// formOf reads the fields of a form that was sent, of at most limit bytes. A page
// of another site may not send one.
func formOf(c *call, limit int64) (url.Values, error) {
	if err := c.origins.checkChange(c.Request); err != nil {
		return nil, err
	}
	return kit.Form(c.Writer, c.Request, limit)
}

// commandForm is POST /tasks/{id}/{verb}: a button of the page. What came of it
// is said on the page that follows.
func commandForm(c *call) error {
	verb := progress.Verb(c.Param("verb"))
	if wishes[verb] == nil {
		return &progress.Error{Code: progress.NotFound, Say: "there is no button " + strconv.Quote(string(verb))}
	}
	f, err := formOf(c, c.Body)
	if err != nil {
		return err
	}
	if _, err := c.task(); err != nil {
		return err
	}
	cmd, step, err := pressed(c, verb, f)
	if err != nil {
		return err
	}
	var n webpage.Notice
	out, err := c.Engine.Execute(c.ctx(), cmd)
	switch {
	case err == nil:
		n = webpage.Done(verb, stepOf(out.Task, step))
	case kit.Status(err) >= http.StatusInternalServerError:
		return err
	default:
		t, _ := c.task() // if it cannot be read, the refusal stands alone
		n = webpage.Refused(kit.ProblemOf(err).Detail, verb, stepOf(t, step))
	}
	giveNotice(c, n)
	see(c, "/tasks/"+string(c.taskID()))
	return nil
}

// pressed is the command of a form. The same form, sent twice, counts once: it
// has the seq of what was shown.
func pressed(c *call, verb progress.Verb, f url.Values) (cmd progress.Command, step int, err error) {
	number := func(name string) int {
		n, e := strconv.Atoi(f.Get(name))
		if text := f.Get(name); text != "" && (e != nil || n < 0) {
			err = kit.Invalid(name, "must be a whole number from 0 up")
		}
		return n
	}
	step = number("step")
	w := wish{Reason: f.Get("reason"), Option: f.Get("option"), fence: fence{Run: number("run"), Attempt: number("attempt")}}
	cmd = c.command(wishes[verb](w, step))
	cmd.Via = progress.ViaBrowser
	cmd.If = progress.Fence{Run: w.Run, Attempt: w.Attempt}
	if verb == progress.VerbApprove || verb == progress.VerbReject {
		cmd.If.Digest = f.Get("digest")
	}
	if seq := number("seq"); seq > 0 {
		sum := sha256.Sum256([]byte(f.Encode()))
		cmd.Key = c.who.Credential + " " + c.Request.URL.Path + " " + hex.EncodeToString(sum[:])
	}
	return cmd, step, err
}

// stepOf is a step as pages show it, the zero one for 0.
func stepOf(t progress.Task, n int) progress.WireStep {
	if n < 1 || n > t.Steps.Len() {
		return progress.WireStep{}
	}
	s := t.Steps.At(n)
	out := progress.WireStep{StepLine: s.Line()}
	if s.Approval != nil {
		out.Approval = s.Approval.Wire(s.Order, s.Name)
	}
	return out
}

// noticeCookie carries a notice to the page that follows.
const noticeCookie = "herald_notice"

// notice is what it holds. A page of another task does not show it.
type notice struct {
	Task progress.TaskID `json:"t"`
	webpage.Notice
}

// The bounds of a notice: bytes of its text, and seconds until it is forgotten.
const (
	mostNotice = 1000
	noticeAge  = 60
)

func giveNotice(c *call, n webpage.Notice) {
	n.Text = n.Text[:min(len(n.Text), mostNotice)]
	text, err := json.Marshal(notice{c.taskID(), n})
	if err != nil {
		return // of plain values: does not happen
	}
	setNotice(c, base64.RawURLEncoding.EncodeToString(text), noticeAge)
}

func setNotice(c *call, value string, age int) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure wherever the browser speaks HTTPS
		Name: noticeCookie, Value: value, Path: "/tasks/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.secure(c.Request),
	})
}

// takeNotice is the notice for a task, once.
func takeNotice(c *call, id progress.TaskID) webpage.Notice {
	k, err := c.Request.Cookie(noticeCookie)
	if err != nil {
		return webpage.Notice{}
	}
	var n notice
	text, err := base64.RawURLEncoding.DecodeString(k.Value)
	if err != nil || json.Unmarshal(text, &n) != nil || n.Task != id {
		return webpage.Notice{}
	}
	setNotice(c, "", -1)
	return n.Notice
}
