package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseListen reads host:port.
func parseListen(s string) (string, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", fmt.Errorf("%q is no address; write host:port, such as 127.0.0.1:8080", s)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", fmt.Errorf("%q is no port; write a number from 0 to 65535", port)
	}
	if strings.ContainsAny(host, "/@ ") {
		return "", fmt.Errorf("%q is no host; write a name or an IP address, such as 127.0.0.1:8080", host)
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

func parseDatabase(s string) (Secret, error) {
	return HidePassword(s), nil // what db.Open finds wrong with it, it says better
}

// The length of a token, in characters.
const (
	minToken = 16
	maxToken = 256
)

// parseToken reads a token: what fits into a header.
func parseToken(s string) (Secret, error) {
	switch {
	case len(s) < minToken || len(s) > maxToken:
		return Secret{}, fmt.Errorf("must have %d to %d characters; make one with: openssl rand -hex 32", minToken, maxToken)
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Secret{}, errors.New("must be of ASCII letters, digits and signs without spaces; make one with: openssl rand -hex 32")
	}
	return Hide(s), nil
}

// parseURL reads the place where people reach the server.
func parseURL(s string) (string, error) {
	u, err := parseBase(s)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// parseOrigin reads what browsers send as Origin.
func parseOrigin(s string) (string, error) {
	if s == "*" {
		return "", fmt.Errorf("* would let every page call the API; name each origin, such as https://app.example.com")
	}
	u, err := parseBase(s)
	if err != nil {
		return "", err
	}
	if port := u.Port(); u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port) // browsers leave it out
	}
	return u.String(), nil
}

// parseBase reads scheme://host[:port], with or without a slash at its end. No
// error repeats s, which may hold a password.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, fmt.Errorf("must be a URL such as https://herald.example.com")
	case u.User != nil:
		return nil, fmt.Errorf("holds a user or a password; write only https://host")
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.ForceQuery, u.Fragment != "", strings.HasSuffix(s, "#"):
		return nil, fmt.Errorf("goes on after the host; write only %s://%s", u.Scheme, u.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

// parseNetwork reads a network in CIDR form, or one address.
func parseNetwork(s string) (string, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a, a.BitLen()).String(), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return "", fmt.Errorf("%q is no network; write one in CIDR form, such as 10.0.0.0/8", s)
	}
	if p != p.Masked() {
		return "", fmt.Errorf("%s has bits beyond its mask; did you mean %s?", s, p.Masked())
	}
	return s, nil
}

// parseTarget reads a host, an address or a network, each with a port or without.
func parseTarget(s string) (string, error) {
	host, port := cutTarget(s)
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		host = ""
	}
	if p, err := netip.ParsePrefix(host); err == nil {
		if p != p.Masked() {
			return "", fmt.Errorf("%s has bits beyond its mask; did you mean %s?", host, p.Masked())
		}
		return s, nil
	}
	if a, err := netip.ParseAddr(host); err == nil && a.Zone() == "" {
		return s, nil
	}
	if name := strings.TrimSuffix(host, "."); len(name) > 253 || !hostForm.MatchString(name) || oddAddress.MatchString(name) {
		s = s[strings.LastIndexByte(s, '@')+1:] // before it a password may stand
		return "", fmt.Errorf("%q is no target; write a host, an address or a network, such as hooks.internal:8443, 10.1.2.3 or 10.0.0.0/8", s)
	}
	return s, nil
}

var (
	hostForm   = regexp.MustCompile(`(?i)^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$`)
	oddAddress = regexp.MustCompile(`(?i)(^|\.)(0x[0-9a-f]*|[0-9]+)$`) // such as 127.1 and 0x7f.1, which some programs take for an address
)

// cutTarget takes the port off a target, 1 if it has none. An IPv6 address or network
// has one only behind brackets.
func cutTarget(s string) (host, port string) {
	if in, ok := strings.CutPrefix(s, "["); ok {
		if host, rest, ok := strings.Cut(in, "]"); ok && rest == "" {
			return host, "1"
		} else if port, colon := strings.CutPrefix(rest, ":"); ok && colon {
			return host, port
		}
		return s, ""
	}
	if host, port, ok := strings.Cut(s, ":"); ok && !strings.Contains(port, ":") {
		return host, port
	}
	return s, "1"
}

// languages are those that Herald speaks.
var languages = []string{"en", "pt", "es", "de", "fr"}

func parseLanguage(s string) (string, error) {
	s = strings.ToLower(s)
	if !slices.Contains(languages, s) {
		return "", fmt.Errorf("%q is none of %s", s, strings.Join(languages, ", "))
	}
	return s, nil
}

// parseZone reads a name of the IANA's. Local is none: it means something else on
// each machine.
func parseZone(s string) (*time.Location, error) {
	zone, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		return nil, fmt.Errorf("%q is no time zone; write a name such as UTC, Europe/Berlin or America/Sao_Paulo", s)
	}
	return zone, nil
}

// parseFolder reads the name of a folder that is there.
func parseFolder(s string) (string, error) {
	is, err := os.Stat(s)
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot be read: %w", err)
	case !is.IsDir():
		return "", fmt.Errorf("%q is no folder", s)
	}
	return s, nil
}

// parseBool reads yes and no as people write them.
func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "1", "yes", "on":
		return true, nil
	case "false", "0", "no", "off":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", s)
}

func formatBool(b bool) string { return strconv.FormatBool(b) }

var (
	levels  = []string{"debug", "info", "warn", "error"}
	formats = []string{"text", "json"}
)

func parseFormat(s string) (string, error) {
	s = strings.ToLower(s)
	if !slices.Contains(formats, s) {
		return "", fmt.Errorf("%q is none of %s", s, strings.Join(formats, ", "))
	}
	return s, nil
}

func parseLevel(s string) (slog.Level, error) {
	i := slices.Index(levels, strings.ToLower(s))
	if i < 0 {
		return 0, fmt.Errorf("%q is none of %s", s, strings.Join(levels, ", "))
	}
	return slog.LevelDebug + slog.Level(i)*(slog.LevelInfo-slog.LevelDebug), nil
}

func formatLevel(l slog.Level) string { return strings.ToLower(l.String()) }
