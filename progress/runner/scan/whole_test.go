package scan

import (
	"math"
	"testing"
)

func wholeOf(text string) float64 {
	var w Whole
	for _, f := range scanned(text) {
		w.Add(f)
	}
	return w.Percent()
}

func TestWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       float64
	}{
		{"nothing", "hello\n", 0},
		{"one bar", "####    10.0%\r########   45.0%\r", 45},
		{"held", "[ 45%] a\n[ 10%] b\n", 45},
		{"outer bar leads", "a:  25%|##        | 1/4 [\r\nb: 90%|#########  | 9/10 [\n", 25},
		{"inner bar that came first gives way", "b:  50%|#####     | 5/10 [\nb:   0%|          | 0/10 [\na:  75%|#######   | 3/4 [\n", 75},
		{"count beats bytes", "x.bin  90%[=======> ] 450M\n[1/4] next\n", 90},
		{"bytes do not move a count", "[1/4] next\nx.bin  90%[=======> ] 450M\n", 25},
		{"items never count", "Reading package lists... 93%\r\n", 0},
		{"declared beats all", "[90/100] a\n::step b\n::progress 95\n", 95},
		{"prose is the weakest", "copied 10%\ncopied 90%\n", 90},
		{"prose moves no count", "[1/4] a\ncopied 10%\ncopied 90%\n", 25},
		{"git", "Receiving objects:  50% (5/10)\r", 45},
		{"git's next phase", "Receiving objects: 100% (10/10)\nResolving deltas:   0% (0/10)\r", 80},
		{"next phase after the end", "a.bin  100%[========] 4M\nb.bin  10%[=>     ] 4M\n", 100},
		{"epochs", "Epoch 1/2\n 50/100 [=====>....]\n", 25},
		{"signal", "\x1b]9;4;1;45\a", 45},
	} {
		if got := wholeOf(c.text); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWholeSaysWhenItRises(t *testing.T) {
	t.Parallel()
	var w Whole
	f := Finding{Kind: Percent, Percent: 40, Strong: true, Span: Job}
	if p, rose := w.Add(f); p != 40 || !rose {
		t.Errorf("the first gives %v, %v", p, rose)
	}
	if p, rose := w.Add(f); p != 40 || rose {
		t.Errorf("the same again gives %v, %v", p, rose)
	}
	if p, rose := w.Add(Finding{Kind: Line}); p != 40 || rose {
		t.Errorf("a line gives %v, %v", p, rose)
	}
}
