package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"github.com/taskherald/herald/progress/client"
)

// folder is where the client commands keep something on this machine, below
// XDG_STATE_HOME or ~/.local/state; "" if there is no home.
func (p Process) folder(name string) string {
	base := p.variable("XDG_STATE_HOME")
	if base == "" {
		home := p.variable("HOME")
		if home == "" {
			return ""
		}
		base = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(base, "herald", name)
}

// spoolVar names another folder for what could not be sent. The Python client
// keeps to it too.
const spoolVar = "HERALD_SPOOL"

// spool is where reports wait that could not be sent: a folder a server, so that
// none of them reaches another.
func (p Process) spool(c *client.Client) string {
	base := cmp.Or(p.variable(spoolVar), p.folder("spool"))
	if base == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(c.URL()))
	return filepath.Join(base, hex.EncodeToString(sum[:6]))
}
