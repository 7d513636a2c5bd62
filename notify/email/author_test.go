package email

import (
	"bytes"
	"fmt"
	"maps"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email/smtpfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// arrived is how the mail of a message arrives.
func arrived(t testing.TB, m notify.Message, change func(*Options)) smtpfake.Mail {
	t.Helper()
	s := smtpfake.New(t, smtpfake.Options{})
	send(t, channel(t, s, change), m)
	return s.Mails()[0]
}

// inviting are options with links of all kinds.
func inviting(o *Options) {
	o.Now = func() time.Time { return noon }
	o.Invite = func(m *notify.Message, via progress.Via) *notify.Invite {
		if len(m.Asks) == 0 || via != progress.ViaMail {
			return nil
		}
		return &notify.Invite{Step: m.Asks[0].Step, Risk: "high", Approve: "https://h.test/act/y3s", Reject: "https://h.test/act/n0t", Page: "https://h.test/act/page"}
	}
	o.Leave = func(m *notify.Message, to string) string { return "https://h.test/leave/" + string(m.Sub) + "." + to }
	o.Confirm = func(sub notify.SubscriptionID, to string, until time.Time) string {
		return fmt.Sprintf("https://h.test/confirm/%s.%s.%d", sub, to, until.Unix())
	}
}

// asking is a letter that asks for an approval.
func asking(id string) notify.Message {
	m := ended(id, "Shop")
	task := *m.Task
	ap := &progress.Approval{ID: "a1", Gate: progress.Gate{Prompt: "Go live?", Risk: "high"}, Status: progress.ApprovalPending, Digest: "d"}
	task.Status, task.EndedAt = progress.Waiting, time.Time{}
	task.Steps = progress.SetSteps([]progress.Step{{Plan: progress.Plan{Name: "Go live"}, Order: 1, Status: progress.StepWaiting, Approval: ap}})
	e := &progress.Event{Seq: 6, Kind: progress.ApprovalNeeded, Step: 1, At: noon, Data: progress.Data{Approval: ap}}
	said := book().Notice(templates.Subject{Task: &task, Now: noon}, e, templates.Reader{})
	m.Task, m.Event, m.Notice, m.Asks = &task, e, &said, []notify.Ask{{Step: 1, Approval: ap}}
	return m
}

func TestHeader(t *testing.T) {
	t.Parallel()
	m := arrived(t, ended("msg_1", "Shop"), inviting)
	root := "<" + threadID("t1", ana.To, "example.com") + ">"
	want := map[string]string{
		"From": `"Herald" <herald@example.com>`, "To": "<ana@example.com>", "Date": "Sat, 31 Jan 2026 12:00:00 +0000", "Subject": "Shop",
		"Message-Id": "<msg_1@example.com>", "In-Reply-To": root, "References": root, "Auto-Submitted": "auto-generated",
		"List-Unsubscribe": "<https://h.test/leave/sub_1.ana@example.com>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Mime-Version": "1.0",
	}
	for name, value := range want {
		if got := m.Header[name]; !slices.Equal(got, []string{value}) {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/alternative;") || len(m.Header) != len(want)+1 {
		t.Errorf("the fields are %q", slices.Sorted(maps.Keys(m.Header)))
	}
	if m.From != "herald@example.com" || !slices.Equal(m.To, []string{ana.To}) {
		t.Errorf("the envelope is from %s to %s", m.From, m.To)
	}
	if len(m.Parts) != 2 || m.Parts[0].Type != "text/plain" || m.Parts[1].Type != "text/html" {
		t.Errorf("the parts are %+v", m.Parts)
	}
	if text := "Shop"; !strings.Contains(m.Text(), text) || !strings.Contains(m.HTML(), text) {
		t.Errorf("it reads %q and %q", m.Text(), m.HTML())
	}
}

// TestThread holds that all mails of a task are one thread in each mailbox, whichever of them
// came first and whichever subscription it was sent for, and that other tasks have threads of
// their own.
func TestThread(t *testing.T) {
	t.Parallel()
	s, c := server(t)
	later, other, foreign := asking("msg_2"), ended("msg_3", "Shop"), ended("msg_4", "Shop")
	other.Sub = "sub_2"
	task := *foreign.Task
	task.ID = "t2"
	foreign.Task = &task
	for _, m := range []notify.Message{ended("msg_1", "Shop"), later, later, other, foreign, note("msg_5", notify.NoteOff)} {
		send(t, c, m)
	}
	mails := s.Mails()
	threads := map[string][]string{}
	for i, m := range mails {
		roots := strings.Fields(m.Header.Get("References"))
		if i == len(mails)-1 && len(roots) == 0 && len(m.Header["In-Reply-To"]) == 0 {
			continue // it is about no task
		}
		if len(roots) != 1 || m.Header.Get("In-Reply-To") != roots[0] || strings.Contains(roots[0], m.ID()) {
			t.Errorf("mail %d refers to %q and replies to %q", i, roots, m.Header.Get("In-Reply-To"))
			continue
		}
		threads[roots[0]] = append(threads[roots[0]], m.ID()+" "+m.Field("Subject"))
	}
	got := slices.SortedFunc(maps.Values(threads), slices.Compare)
	want := [][]string{{"msg_1@example.com Shop", "msg_2@example.com Shop", "msg_2@example.com Shop", "msg_3@example.com Shop"}, {"msg_4@example.com Shop"}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("the threads are %q", got)
	}
}

// TestIDs holds that whatever a message's id is, that of its mail is well formed and its own.
func TestIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, id := range []string{"msg_1", "sub_1/t1:7", "sub_1/t1:8", "", "a@b", "é", "<x>", strings.Repeat("a", 65), "a.b."} {
		got := messageID(id, "example.com")
		if _, err := mail.ParseAddress(got); err != nil || seen[got] || len(got) > 100 || got != messageID(id, "example.com") {
			t.Errorf("%q is %q: %v", id, got, err)
		}
		seen[got] = true
	}
}

// TestConfirmation holds that who has not confirmed yet is asked for that and nothing else.
func TestConfirmation(t *testing.T) {
	t.Parallel()
	m := arrived(t, note("msg_1", notify.NoteConfirm), inviting)
	link := fmt.Sprintf("https://h.test/confirm/sub_1.ana@example.com.%d", noon.Add(7*24*time.Hour).Unix())
	if m.Header.Get("List-Unsubscribe") != "" || m.Header.Get("List-Unsubscribe-Post") != "" || strings.Contains(string(m.Raw), "/leave/") {
		t.Errorf("it offers to leave: %s", m.Raw)
	}
	if !strings.Contains(m.Text(), link) || !strings.Contains(m.HTML(), link) {
		t.Errorf("it has no link to confirm: %s\n%s", m.Text(), m.HTML())
	}
	if m := arrived(t, note("msg_2", notify.NoteTest), inviting); m.Header.Get("List-Unsubscribe") == "" || strings.Contains(m.Text(), "/confirm/") {
		t.Errorf("another note is %s", m.Raw)
	}
}

// TestInvite holds that a mail which asks has the links to decide, and no other has.
func TestInvite(t *testing.T) {
	t.Parallel()
	m := arrived(t, asking("msg_1"), inviting)
	for _, link := range []string{"https://h.test/act/y3s", "https://h.test/act/n0t", "https://h.test/leave/"} {
		if !strings.Contains(m.Text(), link) || !strings.Contains(m.HTML(), link) {
			t.Errorf("%s is not in %s\n%s", link, m.Text(), m.HTML())
		}
	}
	decided := asking("msg_1")
	decided.Asks = nil
	if m := arrived(t, decided, inviting); strings.Contains(m.Text()+m.HTML(), "/act/") {
		t.Errorf("it asks for what is decided: %s", m.Text())
	}
}

// TestWithoutLinks holds that a server which gives no links sends good mails all the same.
func TestWithoutLinks(t *testing.T) {
	t.Parallel()
	if m := arrived(t, asking("msg_1"), nil); m.Header.Get("List-Unsubscribe") != "" || strings.Contains(m.Text(), "http") {
		t.Errorf("it is %s", m.Raw)
	}
}

// TestHostileTitles holds that no title makes a header, a part or a line that is too long, and
// that the subject is read as it was written.
func TestHostileTitles(t *testing.T) {
	t.Parallel()
	s, c := server(t)
	titles := map[string]string{
		"Shop\r\nBcc: eve@example.com":                       "Shop Bcc: eve@example.com",
		"Shop\r\n\r\n<script>alert(1)</script>":              "Shop <script>alert(1)</script>",
		"Shop\nX-Evil: 1\n":                                  "Shop X-Evil: 1",
		"\r\n Shop":                                          "Shop",
		"=?utf-8?q?=0D=0ABcc:_eve=40example.com?=":           "=?utf-8?q?=0D=0ABcc:_eve=40example.com?=",
		"a =?utf-8?b?aGk=?= b":                               "a =?utf-8?b?aGk=?= b",
		"Ça marche ✅ " + strings.Repeat("größer ", 10):       "Ça marche ✅ " + strings.TrimSpace(strings.Repeat("größer ", 10)),
		"\u202egnp.exe \x00\x1b[31mred\u200b":                "gnp.exe red",
		"два  слова\u2028три":                                "два слова три",
		".\r\n.\r\nMAIL FROM:<eve@example.com>":              ". . MAIL FROM:<eve@example.com>",
		"--boundary--\r\nContent-Type: text/html\r\n\r\n<b>": "--boundary-- Content-Type: text/html <b>",
		"100% {{.}} %s":                                      "100% {{.}} %s",
	}
	for title, want := range titles {
		m := ended("msg_"+hash(title), title)
		send(t, c, m)
		mails := s.Mails()
		got := mails[len(mails)-1]
		if got.Field("Subject") != want {
			t.Errorf("%q is read as %q, want %q", title, got.Field("Subject"), want)
		}
		sevenBits(t, got)
	}
	for _, title := range []string{strings.Repeat("x", 5000), strings.Repeat("ü", 5000), strings.Repeat("a ", 5000), strings.Repeat("=?", 5000), strings.Repeat("🎉", 300), "\xff\xfe"} {
		m := ended("msg_"+hash(title), title)
		send(t, c, m)
		mails := s.Mails()
		got := mails[len(mails)-1]
		if read := got.Field("Subject"); utf8.RuneCountInString(read) > mostSubject || read == "" || strings.ContainsFunc(read, unicode.IsControl) {
			t.Errorf("%.10q is read as %q", title, read)
		}
		sevenBits(t, got)
	}
	if refused := s.Refused(); len(refused) != 0 {
		t.Errorf("mails were refused: %q", refused)
	}
}

// sevenBits fails unless a mail has the fields that it should have, two parts, and passes
// any server: in ASCII, with lines as long as RFC 5321 allows.
func sevenBits(t *testing.T, m smtpfake.Mail) {
	t.Helper()
	for line := range bytes.SplitSeq(m.Raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsFunc(line, func(r rune) bool { return r > unicode.MaxASCII || r < ' ' && r != '\t' }) {
			t.Errorf("there is a line %.100q", line)
		}
	}
	want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "In-Reply-To", "Message-Id", "Mime-Version", "References", "Subject", "To"}
	if got := slices.Sorted(maps.Keys(m.Header)); !slices.Equal(got, want) || len(m.Parts) != 2 {
		t.Errorf("it has %d parts and the fields %q", len(m.Parts), got)
	}
}

// TestSubject holds that a subject is of words that any reader decodes, each short enough.
func TestSubject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Shop", "é", strings.Repeat("é", 100), strings.Repeat("🎉x", 99), "a=?b", strings.Repeat("日本 ", 60), strings.Repeat("x", 5000)} {
		got := subject(text)
		for word := range strings.FieldsSeq(got) {
			if len(word) > 75 && strings.HasPrefix(word, "=?") {
				t.Errorf("%.20q has a word of %d bytes", text, len(word))
			}
		}
		read, err := (&mime.WordDecoder{}).DecodeHeader(got)
		if err != nil || read != templates.Cut(strings.TrimSpace(text), mostSubject) || !printable(got) {
			t.Errorf("%q is %q and reads %q: %v", text, got, read, err)
		}
	}
}

// TestPlainLinks holds that no POST is offered where anybody between could read its link.
func TestPlainLinks(t *testing.T) {
	t.Parallel()
	for link, post := range map[string]string{
		"http://herald.lan/leave/pass": "", "http://127.0.0.1:8080/leave/pass": "List-Unsubscribe=One-Click",
		"http://localhost/leave/pass": "List-Unsubscribe=One-Click", "https://herald.lan/leave/pass": "List-Unsubscribe=One-Click",
	} {
		m := arrived(t, ended("msg_1", "Shop"), func(o *Options) { o.Leave = func(*notify.Message, string) string { return link } })
		if m.Header.Get("List-Unsubscribe") != "<"+link+">" || m.Header.Get("List-Unsubscribe-Post") != post {
			t.Errorf("%s: it is %q", link, m.Header)
		}
	}
}

// TestLongLinks holds that links which are as long as can be do not break a line.
func TestLongLinks(t *testing.T) {
	t.Parallel()
	link := "https://herald.example.com/leave/" + strings.Repeat("t1cket", 100)
	m := arrived(t, ended("msg_1", "Shop"), func(o *Options) {
		o.Leave = func(*notify.Message, string) string { return link }
		o.From.Name = "Ânia \r\nBcc: eve@example.com"
	})
	if m.Header.Get("List-Unsubscribe") != "<"+link+">" || m.Field("From") != "Ânia \r\nBcc: eve@example.com <herald@example.com>" {
		t.Errorf("it is %q from %q", m.Header.Get("List-Unsubscribe"), m.Field("From"))
	}
}

func BenchmarkMail(b *testing.B) {
	for name, key := range map[string]func(testing.TB) *DKIM{"unsigned": func(testing.TB) *DKIM { return nil }, "ed25519": edKey, "rsa": rsaKey} {
		b.Run(name, func(b *testing.B) {
			o := Options{From: mail.Address{Address: "herald@example.com"}, Mails: layout(), DKIM: key(b), Now: func() time.Time { return noon }}
			a, m := newAuthor(o), asking("msg_1")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.write(&m, ana.To); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
