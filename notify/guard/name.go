package guard

import "strings"

// The lengths of names in the DNS.
const (
	maxName  = 253
	maxLabel = 63
)

// plainName is a name as it is compared: in lower case and without a final dot.
func plainName(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// badName says why a text is no name of a host, "" if it is one. A name is held to
// the form that all resolvers read alike.
func badName(name string) string {
	name = plainName(name)
	if name == "" || len(name) > maxName {
		return "a host's name has 1 to 253 characters"
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > maxLabel || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || strings.ContainsFunc(label, strange) {
			return "a host's name is of letters a to z, digits and hyphens, with dots between; others are written in their xn-- form"
		}
	}
	if numeric(labels[len(labels)-1]) {
		return "an address is written with four plain numbers, or in IPv6"
	}
	return ""
}

func strange(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// numeric reports whether resolvers may take a name that ends so for a way to
// write an address: 127.1, 0x7f.0.0.1, 2130706433, 0177.0.0.1.
func numeric(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}
