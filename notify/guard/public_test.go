package guard

import (
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"1.1.1.1": true, "8.8.8.8": true, "93.184.216.34": true, "9.255.255.255": true, "11.0.0.0": true,
		"100.63.255.255": true, "100.128.0.0": true, "169.253.255.255": true, "169.255.0.0": true, "172.15.255.255": true,
		"172.32.0.0": true, "192.0.1.0": true, "192.167.255.255": true, "192.169.0.0": true, "198.17.255.255": true,
		"198.20.0.0": true, "223.255.255.255": true, "168.63.129.15": true, "192.31.196.1": true,

		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.0": false, "10.255.255.255": false, "100.64.0.0": false, "100.100.100.200": false,
		"100.127.255.255": false, "127.0.0.1": false, "127.255.255.254": false, "168.63.129.16": false, "169.254.0.1": false,
		"169.254.169.254": false, "172.16.0.0": false, "172.31.255.255": false, "192.0.0.1": false, "192.0.0.192": false,
		"192.0.2.1": false, "192.88.99.1": false, "192.168.0.1": false, "198.18.0.0": false, "198.19.255.255": false,
		"198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false,
		"255.255.255.255": false,

		"2606:4700:4700::1111": true, "2a00:1450:4001::1": true, "2001:200::1": true, "2001:4860:4860::8888": true, "2620:4f:8000::1": true,

		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "2606:4700::1%1": false, "fec0::1": false, "fc00::1": false, "fd00:ec2::254": false,
		"ff02::1": false, "100::1": false, "5f00::1": false, "2001::1": false, "2001:0:4136:e378:8000:63bf:3fff:fdd2": false,
		"2001:2::1": false, "2001:10::1": false, "2001:20::1": false, "2001:db8::1": false, "3fff::1": false, "3fff:fff::1": false,
		"4000::1": false, "2002:0a00:0001::1": false, "2002:5db8:d822::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:8.8.8.8": true,
		"::10.0.0.1": false, "::8.8.8.8": false, "::ffff:0:8.8.8.8": false,
		"64:ff9b::8.8.8.8": true, "64:ff9b::10.0.0.1": false, "64:ff9b::169.254.169.254": false, "64:ff9b:1::8.8.8.8": false,
	} {
		if got := public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s is public: %t", addr, got)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}
