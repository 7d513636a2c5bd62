package setup

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/taskherald/herald/bot/checkup"
)

// Where Slack calls the server, where there is no Socket Mode.
const (
	EventsPath       = "/slack/events"
	InteractionsPath = "/slack/interactions"
	CommandsPath     = "/slack/commands"
)

// Command is the slash command.
const Command = "/herald"

// Wanted is what an app is to be like.
type Wanted struct {
	HTTP   string // where Slack calls the server, https://host, or "" for Socket Mode
	Groups bool   // groups of Slack are mapped to groups of Herald
}

// Manifest describes an app to Slack
// (https://docs.slack.dev/reference/app-manifest).
type Manifest struct {
	Metadata metadata `json:"_metadata"`
	Display  display  `json:"display_information"`
	Features features `json:"features"`
	OAuth    oauth    `json:"oauth_config"`
	Settings settings `json:"settings"`
}

type metadata struct {
	Major int `json:"major_version"`
	Minor int `json:"minor_version"`
}

type display struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Long        string `json:"long_description"`
	Background  string `json:"background_color"`
}

type features struct {
	Home     home      `json:"app_home"`
	Bot      bot       `json:"bot_user"`
	Commands []command `json:"slash_commands"`
}

type home struct {
	Home     bool `json:"home_tab_enabled"`
	Messages bool `json:"messages_tab_enabled"`
	ReadOnly bool `json:"messages_tab_read_only_enabled"`
}

type bot struct {
	Name   string `json:"display_name"`
	Online bool   `json:"always_online"`
}

type command struct {
	Command     string `json:"command"`
	URL         string `json:"url,omitempty"`
	Description string `json:"description"`
	Usage       string `json:"usage_hint"`
	Escape      bool   `json:"should_escape"`
}

type oauth struct {
	Scopes struct {
		Bot []string `json:"bot"`
	} `json:"scopes"`
}

type settings struct {
	Events        events        `json:"event_subscriptions"`
	Interactivity interactivity `json:"interactivity"`
	Org           bool          `json:"org_deploy_enabled"`
	Socket        bool          `json:"socket_mode_enabled"`
	Rotation      bool          `json:"token_rotation_enabled"`
}

type events struct {
	URL string   `json:"request_url,omitempty"`
	Bot []string `json:"bot_events"`
}

type interactivity struct {
	Enabled bool   `json:"is_enabled"`
	URL     string `json:"request_url,omitempty"`
}

const longDescription = "Each task of Herald is one message here that stays true: its bar, its steps, who it waits for. " +
	"Approvals are decided by a button, questions about tasks are answered in plain words, and long output goes into threads. " +
	"Herald keeps of what is said in channels only what is said to it or in its own threads."

// NewManifest is the manifest of such an app. The error says what is wrong with the
// address, which may hold a password and is not repeated.
func NewManifest(w Wanted) (Manifest, error) {
	m := Manifest{
		Metadata: metadata{1, 1},
		Display:  display{"Herald", "Shows how long tasks are going, and lets you decide from here.", longDescription, "#10233d"},
		Features: features{
			Home: home{Home: true, Messages: true},
			Bot:  bot{"herald", true},
			Commands: []command{{
				Command: Command, Description: "Ask about tasks, decide, or link your account", Usage: "[list | what is waiting for me? | link CODE | help]",
			}},
		},
		Settings: settings{Events: events{Bot: Events()}, Interactivity: interactivity{Enabled: true}, Socket: w.HTTP == ""},
	}
	for _, s := range Scopes(w.Groups) {
		m.OAuth.Scopes.Bot = append(m.OAuth.Scopes.Bot, s.Name)
	}
	if w.HTTP == "" {
		return m, nil
	}
	base, err := callable(w.HTTP)
	m.Settings.Events.URL, m.Settings.Interactivity.URL = base+EventsPath, base+InteractionsPath
	m.Features.Commands[0].URL = base + CommandsPath
	return m, err
}

// callable is the address of a server that Slack can call, without a slash at its end.
func callable(address string) (string, error) {
	return checkup.Callable("Slack", address, "leave it out for Socket Mode, which needs no public address")
}

// JSON is the manifest as Slack takes it, on lines, with a line feed at its end.
func (m Manifest) JSON() []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(m) // texts, numbers and lists of them
	return out.Bytes()
}

// Link is an address of Slack that begins a new app with the manifest filled in.
func (m Manifest) Link() string {
	var out bytes.Buffer
	_ = json.Compact(&out, m.JSON()) // it is JSON
	return "https://api.slack.com/apps?new_app=1&manifest_json=" + strings.ReplaceAll(url.QueryEscape(out.String()), "+", "%20")
}
