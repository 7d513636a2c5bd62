package slack

import (
	"context"
	"net/url"

	"github.com/slack-go/slack"
)

// views are the modals, and the Homes of people.
type views struct{ on *wire }

// Opened is a view that Slack shows.
type Opened struct {
	ID   string
	Hash string // changes with every change of it
}

// OpenView opens a modal before the person whose trigger it is. A trigger is good once, and
// for three seconds.
func (v views) OpenView(ctx context.Context, trigger string, view slack.ModalViewRequest) (Opened, error) {
	return v.shown(ctx, "views.open", url.Values{"trigger_id": {trigger}, "view": {written(view)}})
}

// UpdateView puts a modal in the place of one that is open. It is refused if the hash is not
// that of the view, "" for whatever is there.
func (v views) UpdateView(ctx context.Context, was Opened, view slack.ModalViewRequest) (Opened, error) {
	form := url.Values{"view_id": {was.ID}, "view": {written(view)}}
	if was.Hash != "" {
		form.Set("hash", was.Hash)
	}
	return v.shown(ctx, "views.update", form)
}

// PublishView puts a person's Home in place.
func (v views) PublishView(ctx context.Context, user string, view slack.HomeTabViewRequest) (Opened, error) {
	return v.shown(ctx, "views.publish", url.Values{"user_id": {user}, "view": {written(view)}})
}

// shown makes a call whose answer is a view.
func (v views) shown(ctx context.Context, method string, form url.Values) (Opened, error) {
	var a struct {
		View struct {
			ID   string `json:"id"`
			Hash string `json:"hash"`
		} `json:"view"`
	}
	err := v.on.call(ctx, method, form, &a)
	return Opened{a.View.ID, a.View.Hash}, err
}
