package law

import (
	"slices"
	"testing"
)

// An exemption lets one thing break one law.
type exemption struct {
	law     string // the law's name in laws
	at      string // what is exempted, as the finding names it
	because string // why this is better than keeping the law
}

var exemptions = []exemption{}

func TestExemptionsAreReasoned(t *testing.T) {
	for _, e := range exemptions {
		if len(e.because) < 20 {
			t.Errorf("the exemption of %s from %s needs a because", e.at, e.law)
		}
		if !slices.ContainsFunc(laws, func(l law) bool { return l.name == e.law }) {
			t.Errorf("the exemption of %s names no law: %q", e.at, e.law)
		}
	}
}

func TestPardon(t *testing.T) {
	found := []finding{{at: "a"}, {at: "b"}, {at: "a"}}
	list := []exemption{{law: "sizes", at: "a"}, {law: "sizes", at: "c"}, {law: "sql", at: "b"}}
	rest, unused := pardon("sizes", found, list)
	if len(rest) != 1 || rest[0].at != "b" {
		t.Errorf("the rest is %v, want b alone", rest)
	}
	if len(unused) != 1 || unused[0].at != "c" {
		t.Errorf("unused is %v, want c alone", unused)
	}
}
