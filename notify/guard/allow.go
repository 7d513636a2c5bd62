package guard

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/taskherald/herald/progress"
)

// The setting that says what is allowed, and its environment variable.
const (
	setting  = "allow_targets"
	variable = "HERALD_ALLOW_TARGETS"
)

// target is one entry of the allow-list.
type target struct {
	name string       // a host's, "" for a network
	net  netip.Prefix // an address is a network of one
	port uint16       // 0 for every port
}

// targetOf reads an entry.
func targetOf(entry string) (target, error) {
	host, port, err := cutPort(strings.TrimSpace(entry))
	if err != nil {
		return target{}, unclear(entry, err.Error())
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" {
			return target{}, unclear(entry, "an address with a zone cannot be allowed")
		}
		return network(entry, netip.PrefixFrom(addr, addr.BitLen()), port)
	}
	if strings.Contains(host, "/") {
		net, err := netip.ParsePrefix(host)
		if err != nil {
			return target{}, unclear(entry, "it is no network such as 10.0.0.0/8; hosts are written without http:// and without a path")
		}
		return network(entry, net, port)
	}
	if why := badName(host); why != "" {
		return target{}, unclear(entry, why)
	}
	return target{name: plainName(host), port: port}, nil
}

// network is an entry that allows addresses.
func network(entry string, net netip.Prefix, port uint16) (target, error) {
	if a := net.Addr(); a.Is4In6() {
		if net.Bits() < 96 {
			return target{}, unclear(entry, "it holds all of IPv4: write it as IPv4")
		}
		net = netip.PrefixFrom(a.Unmap(), net.Bits()-96)
	}
	return target{net: net.Masked(), port: port}, nil
}

// cutPort takes the port off, which stands behind a colon: an IPv6 address or
// network has one only in brackets.
func cutPort(text string) (host string, port uint16, err error) {
	host, number, ok := strings.Cut(text, ":")
	switch rest, bracketed := strings.CutPrefix(text, "["); {
	case bracketed:
		if host, number, ok = strings.Cut(rest, "]"); !ok {
			return "", 0, errors.New("a bracket is not closed")
		}
		if number == "" {
			return host, 0, nil
		}
		if number, ok = strings.CutPrefix(number, ":"); !ok {
			return "", 0, errors.New("only a port may follow the bracket")
		}
	case !ok || strings.Contains(number, ":"):
		return text, 0, nil
	}
	port, err = portOf(number)
	return host, port, err
}

// portOf is a port, from 1 to 65535.
func portOf(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, errors.New("a port is a number from 1 to 65535")
	}
	return uint16(n), nil
}

// unclear refuses an entry.
func unclear(entry, why string) error {
	return &progress.Error{
		Code: progress.Invalid, Field: setting,
		Say: fmt.Sprintf("%q is not understood: %s; an entry is a host, an address or a network, with a port or without", entry, why),
	}
}

// named reports whether a name is allowed by itself.
func (g *Guard) named(name string, port uint16) bool {
	for _, t := range g.allow {
		if t.name != "" && t.name == name && t.takes(port) {
			return true
		}
	}
	return false
}

// listed reports whether an address is allowed, whatever leads to it.
func (g *Guard) listed(a netip.Addr, port uint16) bool {
	for _, t := range g.allow {
		if t.name == "" && t.takes(port) && (t.net.Contains(a.Unmap()) || t.net.Contains(bare(a))) {
			return true
		}
	}
	return false
}

// lists reports whether any address may be allowed at the port.
func (g *Guard) lists(port uint16) bool {
	for _, t := range g.allow {
		if t.name == "" && t.takes(port) {
			return true
		}
	}
	return false
}

func (t target) takes(port uint16) bool { return t.port == 0 || t.port == port }
