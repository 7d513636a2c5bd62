package discord

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

// TestGatewayOfFake holds the same as TestNothingLost against the fake that others use, by way of
// the client: what Discord has sent in a session that lives on is heard.
func TestGatewayOfFake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := discordfake.New(discordfake.Options{})
		defer fake.Close()
		client := NewClient(ClientOptions{Token: discordfake.Token, API: discordfake.API, Transport: fake.Transport()})
		defer client.Close()
		var mu sync.Mutex
		heard := map[string]int{}
		hear := func(kind string, _ int64, data json.RawMessage) bool {
			mu.Lock()
			defer mu.Unlock()
			heard[kind+string(data)]++
			return true
		}
		log := &gateLog{}
		g := newGateway(discordfake.Token, client.GatewayBot, fake.Dialer(), hear, slog.New(slog.NewTextHandler(log, nil)))
		defer runs(g)()
		feed := fake.Feed()
		there := func() {
			for feed.Sessions() == 0 || feed.Connections() == 0 {
				time.Sleep(100 * time.Millisecond)
			}
		}
		faults := []func(){feed.Drop, feed.Freeze, feed.Disconnect, feed.Ask, func() { feed.Invalidate(true) }, func() { feed.Invalidate(false) }, func() { feed.CloseWith(4000, "") }}
		order := slices.Repeat([]int{0, 1, 2, 3, 4, 5, 6}, 5)
		random := rand.New(rand.NewPCG(3, 4)) // the same order each time
		random.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		sent := 0
		for _, n := range order {
			there()
			for range 20 + random.IntN(20) {
				if feed.Sessions() > 0 {
					sent++
					feed.Send(eventInteraction, map[string]any{"n": sent})
				}
				time.Sleep(time.Second)
			}
			there()
			faults[n]()
		}
		there()
		time.Sleep(2 * time.Minute)
		mu.Lock()
		defer mu.Unlock()
		for n := range sent {
			if heard[fmt.Sprintf(`%s{"n":%d}`, eventInteraction, n+1)] == 0 {
				t.Errorf("%d of %d was not heard", n+1, sent)
			}
		}
		if us, ok := g.self(); !ok || us.user != discordfake.Bot || us.app != discordfake.App {
			t.Errorf("we are %+v, %t", us, ok)
		}
		t.Logf("%d sent, %d sessions, %d resumes", sent, feed.Starts(), feed.Resumes())
		if t.Failed() {
			t.Log(log)
		}
	})
}
