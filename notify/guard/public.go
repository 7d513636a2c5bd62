package guard

import "net/netip"

// special are the IPv4 networks that are not, or not only, the public internet.
var special = networks(
	"0.0.0.0/8",        // this host
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // between a provider and its customers; a cloud's metadata
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // a cloud's own services, at an address that looks public
	"169.254.0.0/16",   // link-local; most clouds' metadata
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocols
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, and broadcast
)

var (
	// global is all of IPv6 that is given out. Loopback, ULA, link-local, multicast
	// and the forms that hold an IPv4 address (mapped, compatible, NAT64) are beside it.
	global = netip.MustParsePrefix("2000::/3")

	// special6 are the networks of it that are not the public internet.
	special6 = networks(
		"2001::/23",     // protocols: Teredo, which holds an IPv4 address, benchmarks, ORCHID
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4, which holds an IPv4 address
		"3fff::/20",     // documentation
	)

	// nat64 leads to the IPv4 address in its last four bytes (RFC 6052): on networks
	// without IPv4 names lead there.
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
)

func networks(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, text := range list {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// public reports whether an address is one of the public internet, and nothing
// else. One with a zone is in no network.
func public(a netip.Addr) bool {
	if a = bare(a); a.Is4() {
		return !within(special, a)
	}
	return global.Contains(a) && !within(special6, a)
}

// bare is the IPv4 address that an IPv6 one is a way to write, or to reach; else
// the address itself.
func bare(a netip.Addr) netip.Addr {
	a = a.Unmap()
	if nat64.Contains(a) {
		b := a.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return a
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
