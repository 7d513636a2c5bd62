// Package bustest is what every bell must pass.
//
// A bell may be slow and may ring twice, so the tests wait for what must come
// and look only at what must never come.
package bustest
