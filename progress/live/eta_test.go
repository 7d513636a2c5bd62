package live

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/taskherald/herald/progress"
)

// TestFramesSayHowLong holds that who shows a task shows what is left of it as it
// stands then: snapshots, new tasks and ticks, live and caught up with.
func TestFramesSayHowLong(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub(func(o *Options) {
			o.ETA = func(t *progress.Task) *progress.ETA {
				if t.Status.Ended() {
					return nil
				}
				return &progress.ETA{Low: 1, Likely: 100 - int64(t.Percent), High: 200, Basis: "b", Waits: progress.Waits(t)}
			}
		})
		const eta = `"eta":{"low":1,"likely":`
		c := d.dial(h, Subscription{Actor: root})
		synctest.Wait()
		d.create("t", "a", "b")
		if f := c.want("task_created"); !strings.Contains(f.text, `"eta_seconds":100,`+eta+`100,"high":200,"basis":"b"}`) {
			d.Error(f.text)
		}
		d.do("t", worker, tickTo(1, 50))
		if f := c.want("task_started", "step_started", "progress"); !strings.Contains(f.text, `"eta_seconds":75,`+eta+`75,"high":200,"basis":"b"},`) {
			d.Error(f.text)
		}
		one := d.dial(h, Subscription{Actor: root, Task: "t"})
		if f := one.want("snapshot"); !strings.Contains(f.text, `"eta_seconds":75,`+eta+`75,`) {
			d.Error(f.text)
		}
		since := int64(2)
		late := d.dial(h, Subscription{Actor: root, Task: "t", Since: &since})
		if f := late.want("step_started", "progress"); !strings.Contains(f.text, `"eta_seconds":75,`+eta+`75,`) {
			d.Error(f.text)
		}
		d.do("t", worker, progress.Report{Status: progress.Completed})
		ended := d.dial(h, Subscription{Actor: root, Task: "t"})
		if f := ended.want("snapshot"); !strings.Contains(f.text, `"eta_seconds":null,"eta":null,`) {
			d.Error(f.text)
		}
	})
}

// TestFramesSayWhatWorkersSay is a hub that knows of no past.
func TestFramesSayWhatWorkersSay(t *testing.T) {
	one(t, func(d *desk) {
		c := d.dial(d.hub(), Subscription{Actor: root})
		synctest.Wait()
		d.create("t", "a")
		r := tickTo(1, 50)
		r.Metadata = map[string]json.RawMessage{progress.RemainingKey: json.RawMessage("12.4")}
		d.do("t", worker, r)
		if f := c.want("task_created", "task_started", "step_started", "progress"); !strings.Contains(f.text,
			`"eta_seconds":12,"eta":{"low":12,"likely":12,"high":12,"basis":"the worker's own estimate"}`) {
			d.Error(f.text)
		}
	})
}
