package config

import (
	"net"
	"net/netip"
	"path/filepath"
	"strings"
)

// homeData is where the database is unless somebody says otherwise.
const homeData = "~/.local/share/herald/herald.db"

// settle does what needs more than one setting.
func (l *loader) settle(env map[string]string) {
	l.findDatabase(env)
	l.settleEmail()
	l.settleSlack()
	l.settleDiscord()
	if c := l.config; c.Open && !Loopback(c.Listen) {
		l.problem(c.Place("open"), "open: whoever reaches the server may then command it, so it must listen on a loopback address only, "+
			"and listen is %s (%s); set listen to 127.0.0.1:8080, or leave open off and give each client a token", c.Listen, c.Place("listen"))
	}
}

// Loopback tells whether only programs of the same machine reach an address,
// host:port.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

// findDatabase follows ~ to the home folder and, where nobody named a file,
// https://specifications.freedesktop.org/basedir-spec to the folder for data.
func (l *loader) findDatabase(env map[string]string) {
	c := &l.config
	name, atHome := strings.CutPrefix(c.Database.Reveal(), "~/")
	home, data := env["HOME"], env["XDG_DATA_HOME"]
	unset := c.Database.Reveal() == homeData
	switch {
	case unset && filepath.IsAbs(data): // the specification says to ignore others
		c.Database = HidePassword(filepath.Join(data, "herald", "herald.db"))
	case atHome && home != "":
		c.Database = HidePassword(filepath.Join(home, name))
	case unset:
		c.Database = HidePassword("herald.db")
	case atHome:
		l.problem(c.Place("database"), "database: ~ is the home folder, and HOME is not set; write the whole path")
	}
}
