package slackcard_test

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
	"github.com/taskherald/herald/templates/slackcard"
)

// program is a program in TypeScript that says what our payloads are.
type program struct {
	strings.Builder
	things int
}

// is holds a payload to a type of Slack's own declarations.
func (p *program) is(t *testing.T, what, kind string, v any) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	p.things++
	fmt.Fprintf(p, "// %s\nexport const x%d: %s = %s;\n", what, p.things, kind, raw)
}

// TestTypes holds every payload to the declarations that Slack publishes for TypeScript.
func TestTypes(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	r := templates.Reader{}
	p := &program{}
	p.WriteString("import type { KnownBlock, HomeView, ModalView } from '@slack/types';\n")
	p.WriteString("// @ts-expect-error: a button without a text\nexport const x0: KnownBlock[] = [{ type: 'actions', elements: [{ type: 'button', value: 'x' }] }];\n")
	p.WriteString("// @ts-expect-error: a field that there is not\nexport const y0: KnownBlock[] = [{ type: 'divider', colour: 'red' }];\n")
	for _, s := range templates.Scenes() {
		for name, post := range scene(t, b, s, r) {
			p.is(t, s.Name+", "+name, "KnownBlock[]", post.Blocks)
		}
	}
	for _, s := range templates.SceneAnswers() {
		reply := b.Reply(s.Answer, r, s.Now)
		p.is(t, s.Name, "KnownBlock[]", l.Reply("say_1", &reply, r).Blocks)
	}
	board := b.Board(templates.SceneDigest(), r)
	p.is(t, "board", "KnownBlock[]", l.Notice("let_1", &board, r).Blocks)
	p.is(t, "home", "HomeView", l.Home(home(b, r), r))
	p.is(t, "stranger", "HomeView", l.Home(slackcard.Home{}, r))
	p.is(t, "reason", "ModalView", l.Reason(progress.VerbReject, "Import customers", "meta", r))
	p.check(t)
}

// check has the compiler read the program.
func (p *program) check(t *testing.T) {
	t.Helper()
	dir, modules := t.TempDir(), filepath.Join(clienttest.Folder("js"), "node_modules")
	config := map[string]any{"files": []string{"payloads.ts"}, "compilerOptions": map[string]any{
		"strict": true, "noEmit": true, "target": "es2022", "module": "nodenext", "moduleResolution": "nodenext", "types": []string{},
		"paths": map[string][]string{"@slack/types": {filepath.Join(modules, "@slack", "types")}},
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
