package discord_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/notify"
)

// TestFates holds what each refusal means for a message, and for a picture that stands
// there. What is said of it is enough to mend it.
func TestFates(t *testing.T) {
	t.Parallel()
	const (
		limited, rejected, gone = notify.Limited, notify.Rejected, notify.Gone
		transient, unauthorized = notify.Transient, notify.Unauthorized
	)
	for _, c := range []struct {
		status, code int
		send, edit   notify.Fate
		say          string
	}{
		{429, 20016, limited, limited, ""},
		{429, 20028, limited, limited, ""},
		{400, 40003, limited, limited, ""},
		{401, 0, unauthorized, unauthorized, "discord.token"},
		{401, 40001, unauthorized, unauthorized, "discord.token"},
		{403, 40002, unauthorized, unauthorized, "verified"},

		{404, 10003, transient, transient, "none with that id"},
		{403, 50001, transient, transient, "View Channel"},
		{403, 50013, transient, transient, "Send Messages, Attach Files and Read Message History"},
		{403, 160002, transient, transient, "Read Message History"},
		{400, 50083, transient, transient, "locked"},
		{403, 160005, transient, transient, "locked"},
		{403, 0, transient, transient, "settings"},
		{403, 40333, transient, transient, "settings"},

		{400, 50008, gone, gone, "another one"},
		{400, 50024, gone, gone, "another one"},
		{403, 50007, gone, gone, "direct messages"},
		{403, 50278, gone, gone, "direct messages"},
		{404, 10013, gone, gone, ""},
		{400, 50033, gone, gone, ""},

		{400, 50035, rejected, rejected, ""},
		{400, 50006, rejected, rejected, ""},
		{400, 40005, rejected, rejected, ""},
		{413, 0, rejected, rejected, ""},
		{400, 200000, rejected, rejected, "AutoMod"},
		{400, 240000, rejected, rejected, "AutoMod"},

		{404, 10008, transient, gone, ""},
		{403, 50005, transient, gone, ""},

		{400, 130000, transient, transient, "130000"},
		{404, 0, transient, transient, "404 Not Found"},
	} {
		t.Run(strconv.Itoa(c.status)+" "+strconv.Itoa(c.code), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := inside(t, discordfake.Options{Unlimited: true})
				d := asked(t, "task_1", "CRM")
				far := o.send(t, discordfake.General, d.card())
				o.Fail("", always(discordfake.Refused(c.status, c.code)))
				f := o.fails(t, discordfake.General, d.letter())
				time.Sleep(time.Minute)
				e := o.unedited(t, discordfake.General, far, d.card())
				if f.Fate != c.send || e.Fate != c.edit || f.Doubt {
					t.Errorf("%v, doubt %t, then %v; want %s, then %s", f, f.Doubt, e, c.send, c.edit)
				}
				if !strings.Contains(f.Error(), c.say) || len(f.Error()) > 320 {
					t.Errorf("it says %q, want %q in it", f, c.say)
				}
				clean(t, f.Error()+e.Error())
			})
		})
	}
}

// TestStatuses holds what an answer means in which Discord says nothing, and one that cannot
// be read.
func TestStatuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault discordfake.Fault
		want  notify.Failure
		say   string
	}{
		"too fast":          {discordfake.TooSoon(7 * time.Second), notify.Failure{Fate: notify.Limited, After: 7 * time.Second}, "429"},
		"too fast, no more": {discordfake.TooSoon(0), notify.Failure{Fate: notify.Limited}, "429"},
		"busy":              {discordfake.Fault{Status: http.StatusServiceUnavailable, RetryAfter: time.Minute}, notify.Failure{Fate: notify.Limited, After: time.Minute}, "503"},
		"down":              {discordfake.Broken(http.StatusServiceUnavailable), notify.Failure{Fate: notify.Transient}, "503"},
		"broken":            {discordfake.Broken(http.StatusInternalServerError), notify.Failure{Fate: notify.Transient, Doubt: true}, "500"},
		"a gateway":         {discordfake.Broken(http.StatusBadGateway), notify.Failure{Fate: notify.Transient, Doubt: true}, "502"},
		"a slow gateway":    {discordfake.Broken(http.StatusGatewayTimeout), notify.Failure{Fate: notify.Transient, Doubt: true}, "504"},
		"kept out":          {discordfake.Blocked(), notify.Failure{Fate: notify.Transient}, "403"},
		"elsewhere":         {discordfake.Broken(http.StatusFound), notify.Failure{Fate: notify.Transient}, "302"},
		"garbled":           {discordfake.Garbled(), notify.Failure{Fate: notify.Transient, Doubt: true}, "cannot be read"},
		"a page":            {discordfake.Fault{Body: "<html>Sign in</html>"}, notify.Failure{Fate: notify.Transient, Doubt: true}, "discord.api_url"},
		"nothing":           {discordfake.Fault{Body: "{}"}, notify.Failure{Fate: notify.Transient, Doubt: true}, "cannot be read"},
		"without end":       {discordfake.Fault{Huge: 9 << 20, Keep: true}, notify.Failure{Fate: notify.Transient, Doubt: true}, "longer than"},
		"away":              {discordfake.Lost(), notify.Failure{Fate: notify.Transient, Doubt: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := inside(t, discordfake.Options{})
			o.Fail(discordfake.CreateMessage, c.fault)
			f := o.fails(t, discordfake.General, note("hello"))
			if f.Fate != c.want.Fate || f.After != c.want.After || f.Doubt != c.want.Doubt || !strings.Contains(f.Error(), c.say) {
				t.Errorf("%v after %v, doubt %t", f, f.After, f.Doubt)
			}
			clean(t, f.Error())
		})
	}
}

// TestPlaces holds what becomes of messages for rooms that the bot cannot write to, or that
// are no rooms; somebody may mend that.
func TestPlaces(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := begin(t, "task_1", "CRM")
	far := o.send(t, discordfake.Random, d.card())
	o.room(discordfake.Random).Remove()
	o.room(discordfake.Deploys).Deny(discordfake.SendMessages)
	for _, c := range []struct {
		to, say string
		want    notify.Fate
	}{
		{discordfake.Secret, "View Channel", notify.Transient}, {"#secret", "View Channel", notify.Transient}, {discordfake.Random, "none with that id", notify.Transient},
		{discordfake.Deploys, "Send Messages", notify.Transient}, {discordfake.Rooms, "another one", notify.Gone}, {"1199999999999999999", "none with that id", notify.Transient},
	} {
		if f := o.fails(t, c.to, note("hello")); f.Fate != c.want || !strings.Contains(f.Error(), c.say) || f.Doubt {
			t.Errorf("%s: %v", c.to, f)
		}
	}
	for _, far := range []string{"", "1.000001", "12/13", far + "0000", discordfake.General + "/" + discordfake.General + "/1", discordfake.General + "/../1"} {
		if f := o.unedited(t, discordfake.General, far, d.card()); f.Fate != notify.Gone {
			t.Errorf("%q: %v", far, f)
		}
	}
}

// TestSentAnewOnce holds that a picture in a room where nothing can be changed is not sent
// again and again, and that one which was taken away comes back.
func TestSentAnewOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := inside(t, discordfake.Options{Unlimited: true})
		d, other := begin(t, "task_1", "CRM"), begin(t, "task_2", "Website")
		gone := discordfake.General + "/" + discordfake.ID(time.Now())
		edit := func(d *deed) notify.Fate { return o.unedited(t, discordfake.General, gone, d.card()).Fate }
		if first, second, next := edit(d), edit(d), edit(other); first != notify.Gone || second != notify.Rejected || next != notify.Gone {
			t.Errorf("%s, %s; of another task %s", first, second, next)
		}
		time.Sleep(time.Hour)
		if later := edit(d); later != notify.Gone {
			t.Errorf("%s after an hour", later)
		}
	})
}
