package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// fileVar names the file of settings.
const fileVar = "HERALD_CONFIG"

// others matches NAME=value that begins like a setting and is none: what
// commands that call a server read, what they give to the jobs that they run,
// tests and benchmarks, and what Kubernetes
// and Docker put into containers beside a service called herald.
var others = regexp.MustCompile(`^HERALD_((URL|TOKEN|SPOOL|TASK|RUN|ATTEMPT|INPUTS|STEP|TARGET|SOAK|TEST_\w+|BENCH_\w+)=|` +
	`(\w+_)?SERVICE_(HOST|PORT)(_\w+)?=|(\w+_)?PORT(_\d+_(TCP|UDP|SCTP))?=[a-z]+://|(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)=)`)

// variables reads NAME=value.
func variables(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			env[name] = value
		}
	}
	return env
}

// environment reads the variables. An empty one is one that is not set, as in
// VAR=${VAR:-} of a compose file.
func (l *loader) environment(env map[string]string) {
	known := []string{fileVar}
	for _, s := range Settings() {
		known = append(known, s.Env)
		if words := asWords(s, env[s.Env], s.Env); len(words) > 0 {
			l.give(s, s.Env, words)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		ours := strings.HasPrefix(name, "HERALD_") && !others.MatchString(name+"="+env[name])
		if ours && !slices.Contains(known, name) {
			l.problem(name, "there is no such variable%s", didYouMean(name, known))
		}
	}
}
