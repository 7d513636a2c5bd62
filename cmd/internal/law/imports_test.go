package law

import (
	"maps"
	"slices"
	"strings"
)

// allowed is who imports whom: a line a package, first its folder, then the
// packages of ours that it may import. Tests are not bound by it, only by the
// fences.
const allowed = `
progress
progress/db
progress/db/dbtest  progress/db
progress/db/table  progress/db
progress/estimate
progress/estimate/replay  progress/estimate
progress/estimate/worlds
progress/trace  progress progress/estimate
progress/store  progress progress/db progress/db/table progress/estimate progress/trace
progress/outlook  progress progress/estimate progress/store progress/trace
progress/client  progress
progress/client/clienttest
progress/client/js
progress/engine  progress progress/estimate progress/store progress/trace
progress/access  progress progress/store
progress/ticket  progress
progress/bus  progress
progress/bus/bustest  progress
progress/live  progress progress/bus
progress/api  progress progress/access progress/api/kit progress/api/meter progress/api/socketio progress/bus progress/client/js progress/engine progress/estimate progress/live progress/store templates/webpage
progress/api/kit  progress
progress/api/socketio  progress
progress/api/socketio/siotest
progress/api/apitest  progress progress/access progress/api progress/bus progress/db progress/db/dbtest progress/engine progress/live progress/outlook progress/store
progress/api/apitest/contract
progress/api/apitest/phone
progress/api/conformance
progress/runner  progress progress/client progress/runner/pipeline progress/runner/proc progress/runner/scan
progress/runner/scan
templates/web
templates/webpage  progress templates/textcard templates/web
templates/words
templates  progress templates/textcard templates/words
progress/api/meter  progress
progress/runner/pipeline  progress
progress/runner/proc
config
templates/textcard  progress templates/words
templates/mailcard  progress templates templates/textcard templates/words
templates/pushcard  progress templates templates/words
notify/links  notify progress progress/ticket
notify/ledger  notify progress progress/db progress/db/table
notify/guard  progress
notify/callout  notify
notify/webhook  notify notify/callout notify/guard progress
notify/webhook/hookfake
notify/notifytest  notify progress templates
notify/email  notify notify/callout progress templates templates/mailcard templates/textcard
notify/email/smtpfake
notify/webpush  notify notify/callout notify/guard progress templates templates/pushcard
notify/webpush/pushfake
notify  progress templates
intents  progress
bot  intents progress progress/engine progress/store progress/ticket templates
bot/chat  bot notify progress templates
bot/chat/chattest  bot bot/bottest notify progress templates
bot/chat/roadtest  notify notify/ledger progress progress/bus progress/db progress/engine progress/store templates
bot/checkup  notify/callout
bot/faketest
bot/slack  bot bot/chat notify notify/callout progress progress/ticket templates templates/slackcard
bot/slack/slackfake  bot/faketest templates/slackcard/blocktest
bot/slack/setup  bot/checkup notify/callout
bot/discord  bot bot/chat notify notify/callout progress progress/ticket templates templates/discordcard
bot/discord/discordfake  bot/faketest templates/discordcard/componenttest
templates/strangertest  progress templates
bot/discord/setup  bot/checkup notify/callout
templates/slackcard  progress templates templates/textcard templates/words
templates/slackcard/blocktest
templates/discordcard  progress templates templates/textcard templates/words
templates/discordcard/componenttest
templates/strangertest  progress templates
bot/bottest  bot bot/store intents progress progress/db progress/db/dbtest progress/engine progress/store progress/ticket templates
bot/store  bot progress progress/db progress/db/table
bot/api  bot intents progress progress/api/kit templates templates/webpage
cmd/herald  cmd/internal/cli
cmd/internal/cli  bot/checkup bot/discord/setup bot/slack/setup cmd/internal/app config intents notify progress progress/client progress/estimate/replay progress/runner progress/runner/pipeline templates templates/mailcard templates/textcard
cmd/internal/app  bot bot/api bot/chat bot/discord bot/discord/setup bot/slack bot/store config intents notify notify/api notify/email notify/guard notify/ledger notify/links notify/webhook notify/webpush progress progress/access progress/api progress/api/kit progress/api/meter progress/bus progress/db progress/engine progress/live progress/outlook progress/store progress/ticket templates templates/discordcard templates/mailcard templates/pushcard templates/slackcard
bench  progress progress/access progress/api progress/api/meter progress/bus progress/db progress/engine progress/estimate progress/outlook progress/store progress/trace
examples
examples/approval  progress progress/client
examples/bar  progress progress/client
examples/board  progress progress/client
examples/browser
examples/latency  progress progress/client
notify/api  notify notify/ledger progress progress/api/kit progress/ticket templates/web templates/webpage
cmd/internal/crash
cmd/internal/law
`

// heldTo is the law of an allow-list: every package has a line and keeps it.
func heldTo(list string) func(*tree) []finding {
	lines := parseAllowed(list)
	return func(t *tree) []finding {
		var found findings
		for _, name := range slices.Sorted(maps.Keys(t.packages)) {
			uses := t.packages[name].uses()
			may, ok := lines[name]
			if !ok {
				found.add(name, "has no line in allowed (imports_test.go); add the line %q, and say in the change why it needs each of them",
					strings.TrimSpace(name+"  "+strings.Join(uses, " ")))
				continue
			}
			for _, use := range uses {
				if !slices.Contains(may, use) {
					found.add(name, "imports %s, which its line in allowed (imports_test.go) does not name: can the consumer declare an interface instead?", use)
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(lines)) {
			if t.packages[name] == nil {
				found.add(name, "has a line in allowed (imports_test.go) but does not exist: delete the line")
			}
		}
		return found
	}
}

// parseAllowed reads an allow-list.
func parseAllowed(list string) map[string][]string {
	lines := map[string][]string{}
	for line := range strings.Lines(list) {
		if words := strings.Fields(line); len(words) > 0 {
			lines[words[0]] = words[1:]
		}
	}
	return lines
}

// uses lists the packages of ours that a package imports outside its tests.
func (p *pkg) uses() []string {
	var ours []string
	for _, f := range p.files {
		if f.test {
			continue
		}
		for _, name := range f.imports() {
			if name, ok := strings.CutPrefix(name, "./"); ok {
				ours = append(ours, name)
			}
		}
	}
	slices.Sort(ours)
	return slices.Compact(ours)
}
