package config

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
)

// Print writes the settings in effect as a file of settings, secrets as dots,
// each with where its value comes from.
func (c Config) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	section := ""
	for _, s := range Settings() {
		in, name, nested := strings.Cut(s.Key, ".")
		if !nested {
			in, name = "", s.Key
		}
		if in != section {
			section = in
			fmt.Fprintf(t, "%s:\n", in)
		}
		indent := strings.Repeat("  ", strings.Count(s.Key, "."))
		fmt.Fprintf(t, "%s%s: %s\t# %s\n", indent, name, s.field.yaml(&c), c.Place(s.Key))
	}
	c.printRules(t)
	return t.Flush()
}

// yaml is a field's value in a file.
func (f field) yaml(c *Config) string {
	values := f.get(c)
	if f.list {
		return flow(values)
	}
	return quoted(values[0])
}

// flow is a list on one line.
func flow(values []string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = quoted(v)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// plainText is what YAML takes for itself without quotes, to be safe only the most usual signs.
var plainText = regexp.MustCompile(`^[\pL\pN/.~_•][\pL\pN/.~_•:%+@?&=-]*$`)

func quoted(s string) string {
	if plainText.MatchString(s) && !strings.HasSuffix(s, ":") && s != "~" && !strings.EqualFold(s, "null") {
		return s
	}
	return strconv.Quote(s)
}
