package discordfake

// Owner is what the owners of the server and of the app do to the app.
type Owner struct{ fake *Discord }

// Kick takes the app out of the server, or brings it back.
func (o Owner) Kick(yes bool) {
	defer locked(o.fake)()
	o.fake.world.away = yes
	if yes {
		o.fake.world.tell(happening{event: "GUILD_DELETE", intent: guilds, body: object{"id": Guild}})
	}
}

// Reset makes the bot's token another, as its owner may: the old one is refused from then
// on, and sessions end.
func (o Owner) Reset(token string) {
	defer locked(o.fake)()
	o.fake.hub.expel()
	o.fake.world.token = token
}

// Empower sets what a role may everywhere.
func (o Owner) Empower(role string, permissions int64) {
	defer locked(o.fake)()
	for i, r := range o.fake.world.roles {
		if r.ID == role {
			o.fake.world.roles[i].Permissions = permissions
		}
	}
}
