// Package guard keeps what people point Herald at away from what only Herald can
// reach.
//
// A webhook's URL is written by somebody who may not see the network that this
// server stands in. Without a guard they could make it call a neighbour's
// administration page, or the address at which a cloud hands out its credentials.
// So whatever is sent to an address that a person has given goes through a
// [Guard]:
//
//	g, err := guard.New([]string{"hooks.corp", "10.1.0.0/16:8443"})
//	u, err := g.CheckURL(given)       // when somebody gives it: what can be told by looking
//	client := g.Client(15*time.Second) // when it is used: what the name leads to now
//
// The name is looked up once for each connection, and the very address that was
// judged is dialed: a name that leads elsewhere a moment later gains nothing.
// Redirects are not followed, and no proxy of the environment is asked, since both
// would choose another address.
//
// What is public is decided by the IANA registries of special addresses
// (iana.org/assignments/iana-ipv4-special-registry and its twin for IPv6). What is
// not can be allowed by name, address or network, and so can plain http, which is
// for nothing else.
package guard
