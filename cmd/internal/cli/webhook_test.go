package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// hookReceiver is where webhooks lead. It answers with a status.
type hookReceiver struct {
	*httptest.Server
	status atomic.Int64
	got    atomic.Int64
}

func receive(t *testing.T) *hookReceiver {
	t.Helper()
	r := &hookReceiver{}
	r.status.Store(204)
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r.got.Add(1)
		w.WriteHeader(int(r.status.Load()))
	}))
	t.Cleanup(r.Close)
	return r
}

// sender is a server that may send to this machine, and how commands reach it.
func sender(t *testing.T) *client {
	t.Helper()
	s := serve(t, t.TempDir(), []string{"HERALD_ADMIN_TOKEN=" + adminToken, "HERALD_ALLOW_TARGETS=127.0.0.1", "HERALD_RATE_LIMIT=off"})
	t.Cleanup(func() { s.stop(syscall.SIGTERM) })
	return &client{s, t, []string{"HERALD_URL=" + s.url, "HERALD_TOKEN=" + adminToken, "LANG=C.UTF-8"}}
}

var hookID = regexp.MustCompile(`sub_[a-z0-9]+`)

func TestWebhook(t *testing.T) {
	t.Parallel()
	c, far := sender(t), receive(t)
	c.want(0, "", "No webhooks.\n", "webhook", "list")
	c.want(1, "", "url: must be a whole URL", "webhook", "add", "nowhere")
	c.want(1, "", `"ended" is no kind of event`, "webhook", "add", far.URL, "--event", "ended")
	c.want(2, "", "--label must be NAME=VALUE", "webhook", "add", far.URL, "--label", "x")
	c.want(2, "", `--label gives a twice, as "b" and as "c"`, "webhook", "add", far.URL, "--label", "a=b", "--label", "a=c")
	c.want(1, "", "there is no task whose id begins with \"none\"", "webhook", "add", far.URL, "--task", "none")
	c.plain("crm-one", "CRM")
	made := c.run("webhook", "add", far.URL+"/h?key=1", "--name", "shop", "--event", "task.failed,approval.*", "--progress", "--task", "crm-o", "--kind", "k", "--owner", "group:ops", "--label", "b=c", "--label", "a=b")
	if made.code != 0 || !regexp.MustCompile(`^whsec_\S+\n$`).MatchString(made.stdout) {
		t.Errorf("prints %q", made.stdout)
	}
	for _, want := range []string{
		"task.failed, approval.* and progress, only of kind k, label a=b, label b=c, owner group:ops, task crm-one", "shown this once", "webhook-signature",
	} {
		if !strings.Contains(made.stderr, want) {
			t.Errorf("says %q, not %q", made.stderr, want)
		}
	}
	id := hookID.FindString(made.stderr)
	c.want(0, id, "", "webhook", "list")
	c.want(0, "URL       "+far.URL+"/h?key=1\n", "", "webhook", "show", "shop")
	c.want(0, "State     on\n", "", "webhook", "show", id[:8])
	c.want(1, "", "there is no such webhook", "webhook", "show", "sub_")
	c.want(0, "Webhook "+id+" is off.\n", "", "webhook", "off", strings.TrimPrefix(id, "sub_")[:6])
	c.want(0, "off: switched off by admin", "", "webhook", "list")
	c.want(1, "", "the webhook is off: switched off by admin; switch it on first", "webhook", "test", "shop")
	c.want(0, "Webhook "+id+" is on.\n", "", "webhook", "on", "shop")
	if r := c.run("__complete", "webhook", "show", ""); !strings.Contains(r.stdout, id+"\tshop "+far.URL) {
		t.Errorf("completes %q", r.stdout)
	}
	next := c.run("webhook", "rotate", "shop", "--overlap", "1h")
	if next.code != 0 || next.stdout == made.stdout || !strings.HasPrefix(next.stdout, "whsec_") || !strings.Contains(next.stderr, "The one before signs too until ") {
		t.Errorf("rotates with %+v", next)
	}
	if r := c.run("webhook", "rotate", "shop", "--overlap", "0s"); r.code != 0 || r.stderr != "" {
		t.Errorf("rotates with %+v", r)
	}
	c.want(2, "", "--overlap must be a time", "webhook", "rotate", "shop", "--overlap", "soon")
	c.want(1, "", "overlap_seconds: must be 0 to 604800", "webhook", "rotate", "shop", "--overlap", "8d")
	c.run("webhook", "add", far.URL, "--name", "shop")
	c.want(2, "", `"shop" may mean 2 webhooks`, "webhook", "remove", "shop")
	c.want(0, "Removed webhook "+id+".\n", "", "webhook", "remove", id)
	c.want(0, "State     on\n", "", "webhook", "show", "shop")
}

func TestCallbackSecret(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	first := c.run("webhook", "secret")
	c.want(0, first.stdout, "", "webhook", "secret")
	next := c.run("webhook", "secret", "--rotate")
	if !strings.HasPrefix(first.stdout, "whsec_") || next.stdout == first.stdout || !strings.Contains(next.stderr, "The one before signs too until") {
		t.Errorf("%+v after %+v", next, first)
	}
	var k struct {
		Secret   string
		Previous string `json:"previous_until"`
	}
	if r := c.run("webhook", "secret", "--json"); json.Unmarshal([]byte(r.stdout), &k) != nil || k.Secret+"\n" != next.stdout || k.Previous == "" {
		t.Errorf("prints %s", r.stdout)
	}
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	c, far := sender(t), receive(t)
	c.want(0, "", "No deliveries.\n", "deliveries")
	c.run("webhook", "add", far.URL+"/h?key=1", "--name", "shop")
	c.want(0, far.URL+"/… has taken it.\n", "", "webhook", "test", "shop")
	far.status.Store(400)
	c.want(1, "", far.URL+"/… has not taken it: ", "webhook", "test", "shop")
	c.plain("crm-one", "CRM")
	c.report("crm-one", `{"step":1,"step_status":"running"}`)
	poll(t, "the task is told of", func() bool {
		return strings.Contains(c.run("deliveries", "--state", "dead", "--task", "crm-one").stdout, "task.started")
	})
	c.want(0, "task.started", "", "webhook", "show", "shop")
	c.want(2, "", "--state must be one of due, sent, dead, dropped", "deliveries", "--state", "gone")
	c.want(2, "", "--limit must be 1 to 200", "deliveries", "--limit", "0")
	c.want(0, "STATE", "There are more", "deliveries", "--limit", "1")
	var list struct {
		Deliveries []struct{ ID, Type, State string }
		Next       *string
	}
	if r := c.run("deliveries", "--json", "--webhook", "shop", "--state", "sent"); json.Unmarshal([]byte(r.stdout), &list) != nil || len(list.Deliveries) != 1 || list.Next != nil {
		t.Fatalf("prints %s", r.stdout)
	}
	c.want(1, "", "only what is dead or dropped is sent again", "redrive", list.Deliveries[0].ID)
	c.want(2, "", "name a delivery", "redrive")
	c.want(2, "", "not both", "redrive", "--dead", "msg_x")
	far.status.Store(204)
	if r := c.run("deliveries", "--json", "--task", "crm-one", "--state", "dead"); json.Unmarshal([]byte(r.stdout), &list) != nil || len(list.Deliveries) == 0 {
		t.Fatalf("prints %s", r.stdout)
	}
	c.want(0, list.Deliveries[0].ID+" goes to "+far.URL+"/… again.\n", "", "redrive", list.Deliveries[0].ID)
	c.want(0, "are sent again.\n", "", "redrive", "--dead", "--webhook", "shop")
	c.want(0, "0 deliveries are sent again.\n", "", "redrive", "--dead", "--all")
	poll(t, "all is taken", func() bool {
		return strings.Contains(c.run("deliveries", "--state", "dead").stderr+c.run("deliveries", "--state", "due").stderr, "No deliveries.\nNo deliveries.\n")
	})
}

// TestHostileWebhook is that no text of a webhook reaches a terminal as it is.
func TestHostileWebhook(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	const evil = `\u001b[2J\u001b]0;x\u0007\u202e\u009b31m\u007f`
	made := c.post("/api/webhooks", `{"url":"https://example.com/","name":"N`+evil+`","kind":"K`+evil+`","owner":"O`+evil+`","labels":{"a":"L`+evil+`"}}`)
	bad := regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f]|\u009b|\u202e")
	for _, args := range [][]string{
		{"list"}, {"list", "--json"}, {"show", hookID.FindString(made)}, {"show", hookID.FindString(made), "--json"}, {"show", "x\x1b[31m"},
	} {
		r := c.run(append([]string{"webhook"}, args...)...)
		if out := r.stdout + r.stderr; bad.MatchString(out) || out == "" {
			t.Errorf("herald webhook %q writes %q", args, out)
		}
	}
	if r := c.run("__complete", "webhook", "show", ""); strings.ContainsAny(r.stdout, "\x1b\x07\x7f") || !strings.Contains(r.stdout, hookID.FindString(made)) {
		t.Errorf("completes %q", r.stdout)
	}
}

// TestEmptyNames holds that an id that is empty, as that of a variable that is not
// set, is refused with words, and never means all.
func TestEmptyNames(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	for _, verb := range []string{"show", "test", "on", "off", "rotate", "remove"} {
		c.want(2, "", `"" names no webhook; "herald webhook list" lists them`, "webhook", verb, "")
	}
	for _, verb := range []string{"show", "test", "confirm", "on", "off", "remove"} {
		c.want(2, "", `"" names no subscription; "herald subscription list" lists them`, "subscription", verb, "")
	}
	c.want(2, "", `" " names no webhook`, "webhook", "remove", " ")
	c.want(2, "", `"" names no delivery; "herald deliveries" lists them`, "redrive", "msg_a", "")
	c.want(2, "", `"" is no id of a token; "herald token list" has the ids`, "token", "revoke", "")
	c.want(2, "", `"" is nobody's name; "herald user list" lists people`, "user", "edit", "", "--role", "member")
	c.want(2, "", `"" is nobody's name`, "user", "invite", "")
	for _, verb := range []string{"show", "watch", "logs", "cancel", "approve"} {
		c.want(2, "", `"" is no id of a task; "herald tasks" lists them`, verb, "")
	}
	for _, flag := range []string{"--task", "--webhook", "--subscription"} {
		c.want(2, "", flag+" is empty", "redrive", "--dead", flag, "")
		c.want(2, "", flag+" is empty", "deliveries", flag, " ")
	}
	c.want(2, "", "--task is empty", "webhook", "add", "https://example.com", "--task", "")
	c.want(0, "", "No webhooks.\n", "webhook", "list")
}
