package setup

import "github.com/taskherald/herald/bot/checkup"

// failed adds what a trouble with a token means for something.
func (v *visit) failed(what string, t *trouble, of token) {
	say, advice := t.explain(of)
	f := checkup.Finding{State: checkup.Broken, Found: what + ": " + say, Advice: advice}
	if t.passing() {
		f.State = checkup.Odd
	}
	v.Found = append(v.Found, f)
}
