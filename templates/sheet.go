package templates

import (
	"fmt"
	"io/fs"
)

// Sheet is a layout that a surface draws itself, on data of its own. It may be used
// from many goroutines.
type Sheet struct {
	file    string
	layouts layouts
}

// Sample is something that a layout has to be able to draw.
type Sample struct {
	Name string
	Data any
}

// sheets are the files of all of them.
func sheets() []string { return []string{"mail.text.tmpl", "mail.html.tmpl"} }

// Sheet opens the layout of a surface: the file in dir, which comes with it, or a
// user's own of the same name if that can draw every sample. One that cannot is told
// to Trouble.
func (b *Book) Sheet(dir fs.FS, name string, form Form, samples func() []Sample) *Sheet {
	s := &Sheet{fileOf(name, form), layouts{ours: map[string]layout{}, own: map[string]*ownLayout{}}}
	ours, err := parse(dir, s.file, form)
	if err != nil {
		panic(err) // a mistake in the program, which every test would show
	}
	s.layouts.ours[s.file] = ours
	if b.own == nil {
		return s
	}
	if _, err := fs.Stat(b.own, s.file); err == nil {
		s.layouts.take(b, s.file, form, func(t layout) error { return draws(t, samples()) })
	}
	return s
}

// draws reports which sample a layout cannot draw.
func draws(t layout, samples []Sample) error {
	for _, s := range samples {
		if _, err := run(t, s.Data); err != nil {
			return fmt.Errorf("scene %q: %w", s.Name, err)
		}
	}
	return nil
}

// Draw lays something out. Where a user's own layout fails, which is told once, ours
// stands in.
func (s *Sheet) Draw(data any) string { return s.layouts.draw(s.file, data) }
