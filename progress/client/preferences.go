package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/taskherald/herald/progress"
)

// Preferences are how somebody wants to be told. Zero fields are the server's way.
type Preferences struct {
	Person    progress.Person              `json:"person"`
	Language  string                       `json:"language"`               // such as pt
	Zone      string                       `json:"time_zone"`              // an IANA name
	Quiet     []Quiet                      `json:"quiet_hours"`            // as clocks show them in that zone
	Through   []string                     `json:"through_quiet,omitzero"` // classes that pass quiet hours; nil: Defaults.Through
	Ways      map[string]map[string]string `json:"ways"`                   // on, digest or off by channel and class; what is absent is on
	Digest    string                       `json:"digest"`                 // when digests come, such as "30m" or "08:00 17:30"
	Mutes     []Mute                       `json:"mutes"`
	ChangedAt progress.Instant             `json:"changed_at,omitzero"`
	Defaults  PreferenceDefaults           `json:"defaults"`
}

// Quiet are hours in which somebody wants peace.
type Quiet struct {
	Days []string `json:"days,omitempty"` // on which they begin, mon to sun; none: every day
	From string   `json:"from"`           // such as 22:00
	To   string   `json:"to"`             // on the next day, if that is not after From
}

// PreferenceDefaults are what holds where somebody has said nothing.
type PreferenceDefaults struct {
	Language string   `json:"language"`
	Zone     string   `json:"time_zone"`
	Digest   string   `json:"digest"`
	Through  []string `json:"through_quiet"`
	Channels []string `json:"channels"` // that preferences may be about
}

// Mute is the wish not to be told of tasks. All that it says of them holds.
type Mute struct {
	ID        string            `json:"id"`
	Task      progress.TaskID   `json:"task,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Owner     string            `json:"owner,omitempty"` // a person or "group:NAME"
	Labels    map[string]string `json:"labels,omitempty"`
	Until     progress.Instant  `json:"until,omitzero"` // zero is for ever
	All       bool              `json:"all,omitempty"`  // approvals and ends too
	CreatedAt progress.Instant  `json:"created_at"`
}

// NewMute asks for a mute: until a time, for some seconds, or for ever.
type NewMute struct {
	Task   progress.TaskID   `json:"task,omitempty"`
	Kind   string            `json:"kind,omitempty"`
	Owner  string            `json:"owner,omitempty"` // a person or "group:NAME"
	Labels map[string]string `json:"labels,omitempty"`
	Until  time.Time         `json:"until,omitzero"`
	For    int64             `json:"for_seconds,omitempty"` // 1..315360000, instead of Until
	All    bool              `json:"all,omitempty"`         // approvals and ends too
}

// Preferences are how the caller wants to be told.
func (r Routing) Preferences(ctx context.Context) (p Preferences, err error) {
	err = r.http.get(ctx, preferencesPath, r.whose(), &p)
	return p, err
}

// preferred is what of preferences can be set.
type preferred struct {
	Language string                       `json:"language,omitempty"`
	Zone     string                       `json:"time_zone,omitempty"`
	Quiet    []Quiet                      `json:"quiet_hours,omitempty"`
	Through  []string                     `json:"through_quiet,omitzero"`
	Ways     map[string]map[string]string `json:"ways,omitempty"`
	Digest   string                       `json:"digest,omitempty"`
	Changed  string                       `json:"changed_at"`
}

// SetPreferences replaces those that were read by others, but for the mutes. It is refused
// with Conflict where somebody has changed them since p.ChangedAt.
func (r Routing) SetPreferences(ctx context.Context, p Preferences) (is Preferences, err error) {
	body := preferred{p.Language, p.Zone, p.Quiet, p.Through, p.Ways, p.Digest, p.ChangedAt.String()}
	_, err = r.http.do(ctx, request{method: http.MethodPut, path: preferencesPath, query: r.whose(), body: body}, &is)
	return is, err
}

// Mute adds a mute. It takes the place of one about the same.
func (r Routing) Mute(ctx context.Context, n NewMute) (m Mute, err error) {
	_, err = r.http.do(ctx, request{method: http.MethodPost, path: mutesPath, query: r.whose(), body: n}, &m)
	return m, err
}

// Unmute removes a mute.
func (r Routing) Unmute(ctx context.Context, id string) error {
	_, err := r.http.do(ctx, request{method: http.MethodDelete, path: mutesPath + "/" + url.PathEscape(id), query: r.whose()}, nil)
	return err
}

const (
	preferencesPath = "/api/preferences"
	mutesPath       = preferencesPath + "/mutes"
)
