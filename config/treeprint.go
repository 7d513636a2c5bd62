package config

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// lines are a part of a file of settings.
type lines []string

// printRules writes rules as a file has them, each with its place.
func (c Config) printRules(w io.Writer) {
	if len(c.Rules) == 0 {
		fmt.Fprintf(w, "%s: []\t# %s\n", rulesKey, c.Place(rulesKey))
		return
	}
	var out lines
	out.under(rulesKey, ruleLines(c.Rules))
	for _, line := range out {
		fmt.Fprintln(w, line)
	}
}

func ruleLines(rules []Rule) (out lines) {
	for _, r := range rules {
		one := r.lines()
		one[0] += "\t# " + r.Place
		out.item(one)
	}
	return out
}

// lines are a rule's own, at least one.
func (r Rule) lines() (out lines) {
	var match, stages lines
	match.list("kind", r.Kinds)
	match.list("owner", r.Owners)
	match.labels(r.Labels)
	match.list("class", r.Classes)
	match.list("event", r.Events)
	for _, s := range r.Escalate {
		stages.item(s.lines())
	}
	out.text("name", r.Name)
	out.under("match", match)
	out.list("tell", r.Tell)
	out.list("by", r.By)
	out.text("digest", r.Digest)
	out.list("group", r.Group)
	if r.Longer > 0 {
		out.text("longer_than", formatQuiet(r.Longer))
	}
	out.under("escalate", stages)
	if r.Continue {
		out.text("continue", formatBool(true))
	}
	out.under(rulesKey, ruleLines(r.Rules))
	return out.orNone()
}

func (s Stage) lines() (out lines) {
	if s.After > 0 {
		out.text("after", formatQuiet(s.After))
	}
	out.list("tell", s.Tell)
	out.list("by", s.By)
	return out.orNone()
}

// orNone is a mapping, an empty one too.
func (l lines) orNone() lines {
	if len(l) == 0 {
		return lines{"{}"}
	}
	return l
}

func (l *lines) text(key, value string) {
	if value != "" {
		*l = append(*l, key+": "+quoted(value))
	}
}

func (l *lines) list(key string, values []string) {
	if len(values) > 0 {
		*l = append(*l, key+": "+flow(values))
	}
}

func (l *lines) labels(labels map[string]string) {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		key := quoted(name)
		if strings.Contains(name, ":") { // which would end it
			key = strconv.Quote(name)
		}
		pairs = append(pairs, key+": "+quoted(labels[name]))
	}
	if len(pairs) > 0 {
		*l = append(*l, "label: {"+strings.Join(pairs, ", ")+"}")
	}
}

// under writes what a key holds below it.
func (l *lines) under(key string, held lines) {
	if len(held) > 0 {
		*l = append(*l, key+":")
		l.indent(held)
	}
}

// item writes an item of a list.
func (l *lines) item(one lines) {
	*l = append(*l, "- "+one[0])
	l.indent(one[1:])
}

func (l *lines) indent(held lines) {
	for _, line := range held {
		*l = append(*l, "  "+line)
	}
}
