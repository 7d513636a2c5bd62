// Package config reads Herald's settings.
//
// Four places may give a setting, and each overrides the one before: the
// default, a YAML file, the environment, the command line.
//
//	c, err := config.Load(config.Source{Environ: os.Environ(), Flags: flags})
//
// All that is wrong is found at once. The error is a list of [Problems], each
// with its place: file and line, variable or flag. A key or a HERALD_ variable
// that means nothing is a problem too, or a misspelt setting would be silently
// left at its default.
//
// The table in settings.go is all settings, one entry each. The file, the
// variables, the flags, the help and the page docs/settings.md follow from it.
// A [Rule] is no setting but a part of a tree, which only the file can hold;
// tree.go reads it.
//
// What must not be shown is a [Secret], which prints as dots wherever it is
// printed. No problem repeats a value of such a setting.
package config
