package discord_test

import (
	"fmt"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

// people are those of a server, and so many more.
func people(more int) []discordfake.Person {
	all := []discordfake.Person{
		{ID: discordfake.Ana, Name: "ana"}, {ID: discordfake.Ben, Name: "ben"}, {ID: discordfake.Cleo, Name: "cleo"}, {ID: discordfake.Dan, Name: "dan", Away: true},
	}
	for n := range more {
		all = append(all, discordfake.Person{ID: personID(n), Name: fmt.Sprintf("p%d", n)})
	}
	return all
}

func personID(n int) string { return fmt.Sprintf("11000000000002%05d", n) }

// crowd are options of a server with many people and channels.
func crowd(more, rooms int) discordfake.Options {
	o := discordfake.Options{Unlimited: true, People: people(more)}
	for n := range rooms {
		o.Rooms = append(o.Rooms, discordfake.Room{ID: room(int64(n)), Name: fmt.Sprint("room-", n)})
	}
	return o
}
