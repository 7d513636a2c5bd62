package scan

import (
	"math"
	"testing"
)

func TestForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		percent float64
		span    Span
		label   string
	}{
		{"Epoch 1:  45%|████▌     | 45/100 [00:12<00:15,  3.61it/s]", 45, Job, "Epoch 1"},
		{"Epoch 3/10:  45%|████▌     | 45/100 [00:12<00:15,  3.61it/s]", 24.5, Job, "Epoch"},
		{"Epoch [3/10], Step [45/100], Loss: 0.5", 24.5, Job, "Epoch"},
		{"INFO: [3/4] copying", 75, Job, "INFO"},
		{"model.safetensors:  45%|████▌     | 450M/1.00G [00:12<00:15, 36.1MB/s]", 45, Phase, "model.safetensors"},
		{"Fetching 7 files:  43%|████▎     | 3/7 [00:12<00:15,  3.61it/s]", 43, Job, "Fetching 7 files"},
		{"   ━━━━━━━━━━╺━━━━━━━━━ 4.1/8.2 MB 5.2 MB/s eta 0:00:02", 50, Phase, ""},
		{"   ━━━━━━━━━━╺━━━━━━━━━ 512 kB/2 MB 5.2 MB/s eta 0:00:02", 25.6, Phase, ""},
		{"   ━━━━━━━━━━╺━━━━━━━━━ 512.0 MiB/2.0 GiB 5.2 MB/s", 25, Phase, ""},
		{"     45% |██████████████                  | 4.1MB 1.2MB/s", 45, Phase, ""},
		{"###########              45.2%", 45.2, Phase, ""},
		{"file.iso          45%[====>      ] 450.00M  12.3MB/s    eta 30s", 45, Phase, "file.iso"},
		{"file.iso           0%[           ]       0  --.-KB/s", 0, Phase, "file.iso"},
		{"   450K .......... .......... .......... .......... .......... 45% 1.2M 3s", 45, Phase, ""},
		{"Receiving objects:  45% (450/1000), 1.2 MiB | 1.00 MiB/s", 45, Phase, "Receiving objects"},
		{"remote: Compressing objects: 100% (37/37), done.", 100, Phase, "Compressing objects"},
		{"#5 [2/4] RUN apk add git", 50, Job, "RUN apk add git"},
		{"#5 [builder 2/4] RUN make", 50, Job, "RUN make"},
		{"a3ed95caeb02: Downloading [=======>        ]  12.3MB/49.2MB", 25, Phase, "a3ed95caeb02: Downloading"},
		{"[3/4] Linking dependencies...", 75, Job, "Linking dependencies"},
		{"[#####---------------] 5/20", 25, Job, ""},
		{"[45/100] Building C object a.o", 45, Job, "Building C object a.o"},
		{"[ 45%] Building C object a.o", 45, Job, "Building C object a.o"},
		{"    Building [=====>          ] 45/100: serde, syn(build)", 45, Job, "Building"},
		{"<=====--------> 45% EXECUTING [12s]", 45, Job, ""},
		{"[INFO] Building core 1.0 [3/4]", 75, Job, "Building core 1.0"},
		{"tests/test_a.py ......F..                      [ 45%]", 45, Job, "tests/test_a.py"},
		{"1.14GiB 0:00:02 [ 393MiB/s] [======>       ] 45% ETA 0:00:03", 45, Phase, ""},
		{"Progress: [ 45%]", 45, Job, "Progress"},
		{"45/100 [=====>....] - ETA: 12s", 45, Job, ""},
		{"45/100 ━━━━━━━━━━━━━━━━━━━━ 12s 100ms/step - loss: 0.5", 45, Job, ""},
		{"Step 3/4 : RUN make", 75, Job, "Step"},
		{"step 3 of 4", 75, Job, "step"},
		{"(3/4) Installing ca-certificates", 75, Job, "Installing ca-certificates"},
		{"[download]  45.3% of 10.00MiB at 1.20MiB/s ETA 00:05", 45.3, Phase, "download"},
		{"progress: 45.5%", 45.5, Phase, "progress"},
		{"45 % done", 45, Phase, ""},
		{"50,5% complete", 50.5, Phase, ""},
		{"\rWait... 45%", 45, Phase, "Wait"},
		{"\rScanning 3/4", 75, Job, "Scanning"},
		{"\x1b]9;4;1;45\x1b\\", 45, Job, ""},
		{"\x1b]9;4;1;45\a", 45, Job, ""},
		{"\x1b]8;;https://example.com/3/7\x1b\\[ 45%]\x1b]8;;\x1b\\ linked", 45, Job, "linked"},
		{"\x1b[1m[\x1b[32m 45%\x1b[0m\x1b[1m]\x1b[0m Built", 45, Job, "Built"},
		{"  Duration: 00:01:40.00, start: 0.0\nframe=   1 fps=0.0 q=0.0 size=  0kB time=00:00:45.00 bitrate=N/A", 45, Job, ""},
		{"  Duration: 00:01:40.00, start: 0.0\nout_time_us=45000000", 45, Job, ""},
		{"  Duration: 00:01:40.00, start: 0.0\nout_time_us=45000000\nprogress=end", 100, Job, ""},
	} {
		got := only(Percent, scanned(c.text, "\n"))
		if len(got) == 0 {
			t.Errorf("%q gives nothing", c.text)
			continue
		}
		f := got[len(got)-1]
		if math.Abs(f.Percent-c.percent) > 0.01 || f.Span != c.span || f.Label != c.label || !f.Strong {
			t.Errorf("%q gives %s, want %v, span %d, label %q", c.text, told(f), c.percent, c.span, c.label)
		}
	}
}

func TestNoProgress(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"45it [00:12, 3.6it/s]", "11/21/2026", "on 11/21/2026 and 11/22/2026", "2026/11", "v1.2/3", "1.2/3", "/a/3/7", "a/3/7/b",
		"https://example.com/3/7", "https://example.com/?p=3/7", "5/3", "100% of tests failed", "CPU 345%", "-5%", "disk usage: 85%",
		"coverage: 85.3% of statements", "95% CI", "3/7 tests failed", "10.0.0.0/8", "192.168.1.1/24", "1/0", "0/0", "/a%20b/7%20c", "save 20%",
		"HTTP 200 1/1", "GET /x HTTP/1.1 200", "11/21 10:33:12 started", "[11/21 10:33:12] started", "between 10-20%", "$3/7", "3/7/9",
		"## 45% of users", "| 3/7 |      |", "x45%", "45%x", "1,2,3/7", "1e5/7", "NaN%", "inf%", "00:45/01:00", "accuracy: 85%",
		"rate 45%", "3rd/7", "1.2.3 of 4", "‘o1’ saved [300/300]", "99999999999999999999999999%", "::error:: 45% done", "see [1/2] for more", "[PATCH 1/2] scan: fix", "progress=end",
		"\x1b]8;;https://example.com/45%\x1b\\link\x1b]8;;\x1b\\",
	} {
		if got := only(Percent, scanned(text, "\n")); len(got) > 0 {
			t.Errorf("%q gives %s", text, told(got[0]))
		}
	}
}

func TestRefusedEvenWhenRising(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"disk usage: 1%\ndisk usage: 2%\ndisk usage: 3%\n", "accuracy: 50%\naccuracy: 60%\n", "1/7 tests failed\n2/7 tests failed\n",
		"11/21 10:33:12 a\n11/22 10:33:12 a\n", "-5%\n-4%\n", "v1.2/3\nv1.3/3\n", "/a/3/7\n/a/4/7\n", "save 20%\nsave 30%\n",
		"10.0.0.0/8\n10.0.0.1/8\n", "2026/11/20\n2026/11/21\n", "1/3 a\n1/2 a\n1/1 a\n", "95% CI\n96% CI\n", "/a%20b\n/a%21b\n", "CPU 45%\rCPU 46%\r",
		"HTTP 200 1/2\nHTTP 200 2/2\n", "coverage: 85.3% of statements\ncoverage: 86.3% of statements\n",
	} {
		if got := only(Percent, scanned(text)); len(got) > 0 {
			t.Errorf("%q gives %s", text, told(got[0]))
		}
	}
}

func TestWeakNumbersCountWhenTheyRise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []float64
	}{
		{"copied 10%\n", nil},
		{"copied 10%\ncopied 20%\ncopied 20%\ncopied 35%\n", []float64{20, 20, 35}},
		{"copied 30%\ncopied 20%\n", nil},
		{"copied 30%\ncopied 20%\ncopied 25%\n", []float64{25}},
		{"copied 10%\nmoved 20%\n", nil},
		{"copied 10% (x)\nother\ncopied 20% (x)\n", []float64{20}},
		{"1/4\n2/4\n3/4\n", []float64{50, 75}},
		{"did 1 of 4\ndid 2 of 4\n", []float64{50}},
		{"did 1 of 4\ndid 2 of 5\n", nil},
		{"at 10%\nat 20%\nat 100%\n", []float64{20, 100}},
	} {
		var got []float64
		for _, f := range only(Percent, scanned(c.text)) {
			got = append(got, f.Percent)
			if f.Strong {
				t.Errorf("%q gives a strong finding", c.text)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%q gives %v, want %v", c.text, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q gives %v, want %v", c.text, got, c.want)
			}
		}
	}
}

func TestIdleShowsTheNewestBar(t *testing.T) {
	t.Parallel()
	var got []Finding
	s := New(func(f Finding) { got = append(got, f) })
	_, _ = s.Write([]byte("\r 10%|#         | 1/10 [00:00<?, ?it/s]"))
	if s.Idle(); len(got) != 1 || got[0].Percent != 10 {
		t.Fatalf("idle on a redrawn bar gives %v", got)
	}
	_, _ = s.Write([]byte("\ncopied 10%"))
	got = nil
	if s.Idle(); len(got) != 0 {
		t.Errorf("idle on prose gives %v", got)
	}
}
