package notifytest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A channel is a folder of notify, or of bot where people answer through it, with a type that
// can Send as notify.Channel says. The recipe
// for one (CONTRIBUTING.md) holds it to the kit; these tests hold it to the recipe.

// channelFolder is what a folder has of the recipe.
type channelFolder struct {
	sends bool // it has a channel
	runs  bool // its tests run the kit
}

// channelFolders reads the Go files of a tree, without those of kits and fakes.
func channelFolders(t *testing.T, tree fs.FS) map[string]channelFolder {
	t.Helper()
	found := map[string]channelFolder{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" {
			return err
		}
		folder := path.Dir(name)
		if strings.HasSuffix(folder, "test") || strings.HasSuffix(folder, "fake") {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		f := found[folder]
		if strings.HasSuffix(name, "_test.go") {
			f.runs = f.runs || calls(file, "notifytest.Run")
		} else {
			f.sends = f.sends || sends(file)
		}
		found[folder] = f
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// sends reports whether a file has a method Send of a notify.Message.
func sends(file *ast.File) bool {
	return slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv != nil && f.Name.Name == "Send" && slices.ContainsFunc(f.Type.Params.List, func(p *ast.Field) bool {
			return written(p.Type) == "notify.Message"
		})
	})
}

// calls reports whether a file calls a function of another package.
func calls(file *ast.File, name string) (does bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		does = does || ok && written(call.Fun) == name
		return !does
	})
	return does
}

// written is a name with its package, "" for what is none.
func written(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if p, ok := s.X.(*ast.Ident); ok {
			return p.Name + "." + s.Sel.Name
		}
	}
	return ""
}

// TestEachChannelRunsTheKit holds the recipe for a channel.
func TestEachChannelRunsTheKit(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, ok := strings.Cut(string(guide), "**A channel.**")
	recipe, _, ended := strings.Cut(recipe, "\n\n")
	if !ok || !ended || !strings.Contains(recipe, "notifytest.Run") {
		t.Error("CONTRIBUTING.md has no paragraph that begins with **A channel.** and names notifytest.Run")
	}
	for _, tree := range []string{"notify", "bot"} {
		channels := 0
		for folder, f := range channelFolders(t, os.DirFS("../../"+tree)) {
			if folder = path.Join(tree, folder); !f.sends {
				continue
			}
			channels++
			if !f.runs {
				t.Errorf("%s has a channel, and no test of it calls notifytest.Run", folder)
			}
			if !strings.Contains(recipe, folder) {
				t.Errorf("the recipe for a channel in CONTRIBUTING.md does not name %s", folder)
			}
		}
		if channels == 0 {
			t.Errorf("no channel was found in %s, though there are some", tree)
		}
	}
}

func TestChannelFoldersAreSeen(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	const channel = "package p\nfunc (c *Channel) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {}"
	got := channelFolders(t, fstest.MapFS{
		"post/channel.go":       file(channel),
		"mail/channel.go":       file(channel),
		"mail/kit_test.go":      file("package p\nfunc TestKit(t *testing.T) { notifytest.Run(t, suite) }"),
		"words/kit_test.go":     file("package p\nfunc TestKit(t *testing.T) { notifytest.NewMemory() }"),
		"words/words.go":        file("package p\nfunc (w Words) Send(ctx context.Context, text string) error {}"),
		"mail/mailfake/fake.go": file(channel),
		"mail/mailtest/kit.go":  file(channel),
	})
	want := map[string]channelFolder{"post": {sends: true}, "mail": {sends: true, runs: true}, "words": {}}
	if len(got) != len(want) || got["post"] != want["post"] || got["mail"] != want["mail"] || got["words"] != want["words"] {
		t.Errorf("%+v, want %+v", got, want)
	}
}
