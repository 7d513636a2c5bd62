package slack

import (
	"cmp"
	"encoding/json"
)

// What Slack sends, as much of it as is looked at. These are structs of our own, as those of
// slack-go refuse a whole event for one block in it of a kind that they do not know.

// envelope is a frame of Socket Mode.
type envelope struct {
	Type    string          `json:"type"` // hello, disconnect, events_api, interactive, slash_commands
	ID      string          `json:"envelope_id"`
	Reason  string          `json:"reason"` // of a disconnect
	Payload json.RawMessage `json:"payload"`
}

// outer is what is around an event.
type outer struct {
	Type      string          `json:"type"` // event_callback, url_verification, app_rate_limited
	Team      string          `json:"team_id"`
	ID        string          `json:"event_id"`
	Challenge string          `json:"challenge"`
	Event     json.RawMessage `json:"event"`
	For       []struct {
		User string `json:"user_id"`
		Bot  bool   `json:"is_bot"`
	} `json:"authorizations"`
}

// self is whose event it is: the user that the app's bot is, "" if it does not say.
func (o *outer) self() string {
	for _, a := range o.For {
		if a.Bot {
			return a.User
		}
	}
	return ""
}

// inner is an event: somebody said something, or opened the Home.
type inner struct {
	Type    string `json:"type"`
	Subtype string `json:"subtype"`
	Hidden  bool   `json:"hidden"`
	User    string `json:"user"`
	Bot     string `json:"bot_id"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Thread  string `json:"thread_ts"`      // the root's; of a root with answers its own
	Parent  string `json:"parent_user_id"` // who has said the root of the thread
	Text    string `json:"text"`
	Tab     string `json:"tab"`
	Tokens  struct {
		Bot []string `json:"bot"`
	} `json:"tokens"`
}

// slash is a slash command. Over HTTP it comes as a form of the same names.
type slash struct {
	Team    string `json:"team_id"`
	Channel string `json:"channel_id"`
	User    string `json:"user_id"`
	Text    string `json:"text"`
	URL     string `json:"response_url"`
	Trigger string `json:"trigger_id"`
}

// interaction is a press, or what somebody has written in a modal.
type interaction struct {
	Type      string `json:"type"` // block_actions, view_submission, view_closed …
	Team      named  `json:"team"`
	User      named  `json:"user"`
	Channel   named  `json:"channel"`
	URL       string `json:"response_url"`
	Trigger   string `json:"trigger_id"`
	Container struct {
		TS        string `json:"message_ts"`
		Channel   string `json:"channel_id"`
		Thread    string `json:"thread_ts"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message struct {
		TS     string `json:"ts"`
		Thread string `json:"thread_ts"`
		Blocks []struct {
			Type string `json:"type"`
			Text struct {
				Text string `json:"text"`
			} `json:"text"`
		} `json:"blocks"`
	} `json:"message"`
	View    view    `json:"view"`
	Actions []press `json:"actions"`
}

// named is a team, a user or a channel.
type named struct {
	ID string `json:"id"`
}

// view is a modal or the Home.
type view struct {
	ID       string `json:"id"`
	Callback string `json:"callback_id"`
	Meta     string `json:"private_metadata"`
	State    struct {
		Values map[string]map[string]struct {
			Value string `json:"value"`
		} `json:"values"`
	} `json:"state"`
}

// press is a button that was pressed, or what was picked of a menu.
type press struct {
	ID     string `json:"action_id"`
	Block  string `json:"block_id"`
	Value  string `json:"value"`
	TS     string `json:"action_ts"`
	Option struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

// value is that of the button, or of the option.
func (p *press) value() string { return cmp.Or(p.Value, p.Option.Value) }

// at is where a message is that a button of is pressed, "" where it is none.
func (i *interaction) at() (channel, ts string) {
	return cmp.Or(i.Channel.ID, i.Container.Channel), cmp.Or(i.Container.TS, i.Message.TS)
}

// title is the head of the message, "" where there is none.
func (i *interaction) title() string {
	for _, b := range i.Message.Blocks {
		if b.Type == "header" {
			return b.Text.Text
		}
	}
	return ""
}
