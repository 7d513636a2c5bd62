package discordcard_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client/clienttest"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// program is a program in TypeScript that says what our payloads are.
type program struct {
	strings.Builder
	things int
}

// is holds a payload to a type of the declarations that everybody uses for Discord.
func (p *program) is(t *testing.T, what, kind string, v any) {
	t.Helper()
	p.things++
	fmt.Fprintf(p, "// %s\nexport const x%d: %s = %s;\n", what, p.things, kind, wire(t, v))
}

// message is a post as the body of a request.
func message(p discordcard.Post) any {
	return map[string]any{"flags": 1 << 15, "components": p.Components}
}

// TestTypes holds every payload to the declarations of discord-api-types.
func TestTypes(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	r := templates.Reader{}
	p := &program{}
	p.WriteString("import type { RESTPostAPIChannelMessageJSONBody as Message, APIModalInteractionResponseCallbackData as Form } from 'discord-api-types/v10';\n")
	p.WriteString("// @ts-expect-error: a button without a style\nexport const x0: Message = { components: [{ type: 1, components: [{ type: 2, label: 'x', custom_id: 'y' }] }] };\n")
	p.WriteString("// @ts-expect-error: a field that there is not\nexport const y0: Message = { components: [{ type: 14, colour: 'red' }] };\n")
	for _, s := range templates.Scenes() {
		for _, post := range scene(b, s, r) {
			p.is(t, s.Name+", "+post.name, "Message", message(post.Post))
		}
	}
	for _, s := range templates.SceneAnswers() {
		reply := b.Reply(s.Answer, r, s.Now)
		p.is(t, s.Name, "Message", message(l.Reply("say_1", &reply, r)))
	}
	board := b.Board(templates.SceneDigest(), r)
	p.is(t, "board", "Message", message(l.Notice("let_1", &board, r)))
	p.is(t, "moved", "Message", message(l.Moved("card_1", "https://discord.com/channels/1/2/3", "Import customers", r)))
	long := templates.Reply{Text: "Output", Output: make([]string, 30)}
	p.is(t, "a file", "Message", message(l.Reply("say_1", &long, r)))
	p.is(t, "reason", "Form", l.Reason(progress.VerbReject, 0, "Import customers", "rX", r))
	p.check(t)
}

// check has the compiler read the program.
func (p *program) check(t *testing.T) {
	t.Helper()
	dir, modules := t.TempDir(), filepath.Join(clienttest.Folder("js"), "node_modules")
	config := map[string]any{"files": []string{"payloads.ts"}, "compilerOptions": map[string]any{
		"strict": true, "noEmit": true, "skipLibCheck": true, "target": "es2022", "module": "nodenext", "moduleResolution": "nodenext", "types": []string{},
		"paths": map[string][]string{"discord-api-types/v10": {filepath.Join(modules, "discord-api-types", "v10.d.ts")}},
	}}
	raw, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"tsconfig.json": raw, "payloads.ts": []byte(p.String())} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	clienttest.Node(t, nil, filepath.Join(modules, "typescript", "bin", "tsc"), "-p", dir)
}
