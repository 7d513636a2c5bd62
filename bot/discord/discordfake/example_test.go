package discordfake_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

// An app posts a button, somebody presses it, and the app answers them alone.
func Example() {
	d := discordfake.New(discordfake.Options{})
	defer d.Close()
	client := &http.Client{Transport: d.Transport()}
	call := func(method, path, body string) {
		r, err := http.NewRequest(method, discordfake.API+path, strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		r.Header.Set("Authorization", "Bot "+discordfake.Token)
		r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
		r.Header.Set("Content-Type", "application/json")
		a, err := client.Do(r)
		if err != nil {
			panic(err)
		}
		defer a.Body.Close()
		fmt.Println(method, a.StatusCode)
	}
	text, button := `{"type":10,"content":"Deploy?"}`, `{"type":1,"components":[{"type":2,"style":3,"label":"Approve","custom_id":"yes"}]}`
	call("POST", "channels/"+discordfake.Deploys+"/messages", `{"flags":32768,"components":[`+text+`,`+button+`]}`)

	ana := d.User("ana")
	press, err := ana.Press(ana.Sees("deploys")[0], "Approve")
	fmt.Println("pressed:", err)
	call("POST", "interactions/"+press.ID+"/"+press.Token+"/callback", `{"type":5,"data":{"flags":64}}`)
	fmt.Println("responded:", press.Wait(context.Background()), press.Answers()[0].Waiting)
	call("PATCH", "webhooks/"+discordfake.App+"/"+press.Token+"/messages/@original", `{"content":"approved by you"}`)
	fmt.Println("she sees:", press.Answers()[0].Shows)
	fmt.Println("429s:", len(d.Limited()))
	// Output:
	// POST 200
	// pressed: <nil>
	// POST 204
	// responded: <nil> true
	// PATCH 200
	// she sees: approved by you
	// 429s: 0
}
