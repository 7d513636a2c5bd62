package discordfake_test

import (
	"testing"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

func TestPeople(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		ana, ben := d.User("ana"), d.User(discordfake.Ben)
		said := must(ana.Say("deploys", "one"))
		must(ben.Reply(said, "two", true))
		equal(t, "she sees", texts(ana.Sees("deploys")), "one|two")
		equal(t, "whom it pings", ana.Sees("deploys")[1].Pings[0], "<@"+discordfake.Ana+">")
		_, err := ana.Say("nowhere", "x")
		equal(t, "no channel", err, discordfake.ErrNotThere)
		equal(t, "not hers", ben.Edit(said, "mine"), discordfake.ErrNotThere)
		if err := ben.DeleteMessage(said); err != nil {
			t.Fatal(err)
		}
		equal(t, "gone", ben.DeleteMessage(said), discordfake.ErrNotThere)
		equal(t, "left", texts(ana.Sees(discordfake.Deploys)), "two")
		equal(t, "the app's view", len(d.User("dan").Sees("deploys")), 0)
		defer func() {
			if recover() == nil {
				t.Error("somebody who is not there is there")
			}
		}()
		d.User("nobody")
	})
}
