package templates

import (
	"regexp"
	"slices"
	"strings"
)

// veil stands where a secret stood.
const veil = "***"

// secret is what something that must not be shown looks like. Its group "hide" is taken
// out; keep reports of a find that it is no secret after all. A text that has none of signs,
// in small letters, is not looked through.
type secret struct {
	signs []string
	form  *regexp.Regexp
	keep  func(name, value string) bool
}

// confidential is how names end or begin that have a secret for a value.
const confidential = `pass(?:word|wd|wort|phrase|code)|kennwort|senha|contrase(?:n|ñ)a|mot de passe|pwd|(?:[_-]|\b)pass|secret|token|credentials?|api[_-]?key|access[_-]?key|` +
	`account[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key|auth[_-]?key|session[_-]?id`

// quoted is a value in quotes or without.
const quoted = `\\*(?:"(?P<hide>[^"]*[^"\\])\\*"?|'(?P<hide>[^']*)'?|(?P<hide>[^\s"',;&)}\]“”«»<>]+))`

// names are parts of names that have a secret for a value.
var names = []string{"pass", "pwd", "kennwort", "senha", "contrase", "pin", "secret", "token", "credential", "key", "session"}

// secrets are their forms, those first that have more of a line in them.
var secrets = []secret{
	{signs: []string{"cookie"}, form: regexp.MustCompile(`(?i)\b(?:set-)?cookie["']?\s*[:=]\s*["']?(?P<hide>[^"'\n]+)`)},
	{signs: []string{"authorization"}, form: regexp.MustCompile(`(?i)\bauthorization["']?\s*[:=]\s*["']?(?:digest|aws4-hmac-sha256|signature|oauth)\s+(?P<hide>[^'\n]+)`)},
	{signs: []string{"authorization"}, form: regexp.MustCompile(`(?i)\bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|bot|token|apikey|negotiate|ntlm|key)\s+)?(?P<hide>[^\s"',;]+)`), keep: scheme},
	{signs: []string{"bearer"}, form: regexp.MustCompile(`(?i)\bbearer\s+(?P<hide>[a-z0-9._~+/=-]{8,})`), keep: word},
	{signs: []string{"@"}, form: regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://(?P<name>[^\s:/@?#"'<>]*:)(?P<hide>[^\s"'<>]+)@`)},
	{signs: []string{"@"}, form: regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://(?P<hide>[^\s:/@"'<>]+)@`), keep: user},
	{signs: []string{"="}, form: regexp.MustCompile(`(?i)[?&](?:sig|signature|key|code|auth|access|jwt|x-[a-z]+-(?:signature|credential|security-token))=(?P<hide>[^&\s"'#]+)`)},
	{signs: []string{"hooks.slack.com"}, form: regexp.MustCompile(`(?i)hooks\.slack\.com/(?:services|workflows|triggers)/(?P<hide>[a-z0-9/_-]+)`)},
	{signs: []string{"webhooks"}, form: regexp.MustCompile(`(?i)discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d+/(?P<hide>[\w-]+)`)},
	{signs: names, form: regexp.MustCompile(`(?i)(?P<name>[\w.-]*(?:` + confidential + `)[\w.-]*)\\*["']?\s*(?P<sign>:=|=>|=|:)\s*` + quoted), keep: harmless},
	{signs: names, form: regexp.MustCompile(`(?i)(?P<name>--?[\w-]*(?:` + confidential + `)[\w-]*)\s+(?:"(?P<hide>[^"]+)"?|'(?P<hide>[^']+)'?|(?P<hide>[^\s"'-][^\s"']*))`)},
	{signs: names, form: regexp.MustCompile(`(?i)<(?P<name>[\w.-]*(?:` + confidential + `)[\w.-]*)>(?P<hide>[^<]+)</`)},
	{signs: names, form: regexp.MustCompile(`(?i)\b(?:password|passwort|kennwort|passphrase|senha|contrase(?:n|ñ)a|mot de passe)\s+(?:is|was|ist|lautet|es|é|est)\s+["']?(?P<hide>[^\s"',;]+)`), keep: word},
	{signs: []string{"pin"}, form: regexp.MustCompile(`\bPIN\s*[:=]\s*(?P<hide>\d{3,})`)},
	{signs: []string{"identified"}, form: regexp.MustCompile(`(?i)\bidentified\s+by\s+["']?(?P<hide>[^\s"';]+)`)},
	{signs: []string{"login"}, form: regexp.MustCompile(`\blogin\s[^\n|;&]*?-p\s*["']?(?P<hide>[^\s"']+)`)},
	{signs: []string{"private key"}, form: regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?P<hide>[^-]*[^-\s][^-]*)`)},
	{signs: []string{"-u", "user"}, form: regexp.MustCompile(`(?:^|\s)(?:-u|--user|--proxy-user)[\s=]+["']?[^\s:"']+:(?P<hide>[^\s"']+)`)},
	{signs: []string{"sshpass"}, form: regexp.MustCompile(`\bsshpass\s+-p\s*["']?(?P<hide>[^\s"']+)`)},
	{signs: []string{"mysql", "maria"}, form: regexp.MustCompile(`\b(?:mysql|mariadb)\w*\s(?:[^\n|;&]*?\s)?-p(?P<hide>[^\s"']+)`)},
	{signs: []string{"hvs.", "hvb.", "hvr."}, form: regexp.MustCompile(`\bhv[sbr]\.(?P<hide>[\w-]{20,})`)},
	{signs: []string{"eyj"}, form: regexp.MustCompile(`\b(?P<hide>eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?)`)},
	{signs: []string{"gh", "gl", "npm_", "pypi-", "hf_", "dckr_", "dop_", "shpat_", "hrld_", "age-"}, form: regexp.MustCompile(`\b(?:gh[opusr]_|github_pat_|glpat-|gl(?:dt|rt|cbt)-|npm_|pypi-|hf_|dckr_pat_|dop_v1_|shpat_|hrld_|AGE-SECRET-KEY-)(?P<hide>[\w-]{8,})`)},
	{signs: []string{"xox", "xapp"}, form: regexp.MustCompile(`\b(?:xox[a-z]|xapp)-(?P<hide>[\w-]{8,})`)},
	{signs: []string{"sk", "rk", "pk"}, form: regexp.MustCompile(`\b(?:sk|rk|pk)[-_](?P<hide>[\w-]{16,})`)},
	{signs: []string{"whsec_"}, form: regexp.MustCompile(`\bwhsec_(?P<hide>[\w+/=-]{8,})`)},
	{signs: []string{"akia", "asia", "aroa", "abia"}, form: regexp.MustCompile(`\b(?:AKIA|ASIA|AROA|ABIA)(?P<hide>[0-9A-Z]{12,})\b`)},
	{signs: []string{"aiza", "ya29."}, form: regexp.MustCompile(`\b(?:AIza|ya29\.)(?P<hide>[\w-]{20,})`)},
	{signs: []string{"sg."}, form: regexp.MustCompile(`\bSG\.(?P<hide>[\w-]{16,}\.[\w-]{16,})`)},
	{signs: []string{"."}, form: regexp.MustCompile(`\b(?P<hide>[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,})`)},
	{signs: []string{":aa"}, form: regexp.MustCompile(`\b\d{8,10}:(?P<hide>AA[\w-]{30,})`)},
}

// mask takes passwords, tokens and keys out of a text. It knows the forms that they mostly
// have; what looks like any other word stays.
func mask(text string) string {
	small := strings.ToLower(text)
	for _, s := range secrets {
		if slices.ContainsFunc(s.signs, func(sign string) bool { return strings.Contains(small, sign) }) {
			text = s.mask(text)
		}
	}
	return text
}

func (s secret) mask(text string) string {
	var out strings.Builder
	from := 0
	for _, at := range s.form.FindAllStringSubmatchIndex(text, -1) {
		start, end := s.hidden(text, at)
		if start < 0 {
			continue
		}
		out.WriteString(text[from:start] + veil)
		from = end
	}
	if from == 0 {
		return text
	}
	return out.String() + text[from:]
}

// hidden is where the secret of a find stands, -1 for nowhere.
func (s secret) hidden(text string, at []int) (start, end int) {
	name, start, end := "", -1, -1
	for i, group := range s.form.SubexpNames() {
		if at[2*i] < 0 {
			continue
		}
		switch group {
		case "hide":
			start, end = at[2*i], at[2*i+1]
		case "name", "sign":
			name += text[at[2*i]:at[2*i+1]]
		}
	}
	if start >= 0 && (start == end || text[start:end] == veil || s.keep != nil && s.keep(name, text[start:end])) {
		return -1, -1
	}
	return start, end
}

// harmless reports of a name with its sign, and a value, that it says no secret: numbers of
// tokens, "no token: expired", the shell's PWD.
func harmless(name, value string) bool {
	small := strings.ToLower(name)
	stem := strings.TrimRight(small, ":=>")
	switch {
	case slices.Contains([]string{"null", "nil", "none", "true", "false", "undefined", "yes", "no"}, strings.ToLower(value)):
		return true
	case (stem == "pwd" || stem == "oldpwd") && strings.HasPrefix(value, "/"):
		return true
	case strings.Contains(stem, "token") && strings.Trim(value, "0123456789.,%/") == "":
		return true
	}
	says := strings.HasSuffix(small, ":") && !strings.HasSuffix(small, "secret:") && !strings.Contains(stem, "pass") && !strings.Contains(stem, "pwd")
	return says && word("", value)
}

// scheme reports whether a value is the name of a way to prove who one is, of which the
// proof is hidden already.
func scheme(_, value string) bool {
	return slices.Contains([]string{"digest", "aws4-hmac-sha256", "signature", "oauth"}, strings.ToLower(value))
}

// user reports whether what stands before a host is a name alone.
func user(name, value string) bool { return name == "" && word("", value) }

// word reports whether a value is a word of letters, as no token is.
func word(_, value string) bool {
	return len(value) < 20 && strings.Trim(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz.-…") == ""
}

// The lines around a key in a file.
var (
	keyBegins = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----`)
	keyEnds   = regexp.MustCompile(`-----END [A-Z ]*PRIVATE KEY( BLOCK)?-----`)
	keyLine   = regexp.MustCompile(`^\s*[A-Za-z0-9+/=]{1,76}\s*$`)
)

// keyMiddle is a whole line within a key: as long as such lines are, and no hash.
var keyMiddle = regexp.MustCompile(`^\s*[A-Za-z0-9+/]{64}\s*$`)

// amid reports whether a line stands in a key of which neither end is there: it and a neighbour
// are whole lines of one.
func amid(lines []string, i int) bool {
	whole := func(k int) bool {
		return k >= 0 && k < len(lines) && keyMiddle.MatchString(lines[k]) && strings.ContainsAny(lines[k], "GHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/")
	}
	return whole(i) && (whole(i-1) || whole(i+1))
}

// masked are lines without what is secret, keys that go over several among it. The first
// of them may be in the midst of one.
func masked(lines []string) []string {
	out := make([]string, len(lines))
	inside := false
	for i, line := range lines {
		begins, ends := keyBegins.MatchString(line), keyEnds.MatchString(line)
		if ends && !inside {
			veilUp(out[:i])
		}
		out[i] = mask(line)
		if inside && !ends || begins && ends || amid(lines, i) {
			out[i] = veil
		}
		inside = (inside || begins) && !ends
	}
	return out
}

// veilUp hides the lines of a key whose beginning is not there, from its end upwards.
func veilUp(lines []string) {
	for i := len(lines) - 1; i >= 0 && keyLine.MatchString(lines[i]); i-- {
		lines[i] = veil
	}
}
