package config

import (
	"log/slog"
	"time"
)

// Config is all settings of a server. Make one with [Load]; it is not changed
// afterwards and may be read from any goroutine.
type Config struct {
	Listen         string         // host:port; an empty host means every interface, port 0 any free one
	Database       Secret         // a file path, or a postgres:// URL whose password does not show
	AdminToken     Secret         // of at least 16 characters, or empty
	PublicURL      string         // scheme://host[:port] where people reach the server, or ""
	Open           bool           // takes calls without credentials; Listen is a loopback address then
	RateLimit      float64        // requests a second for each credential, up to a million; 0 means no limit
	CORS           []string       // origins whose pages may call the API
	TrustedProxies []string       // networks in CIDR form whose X-Forwarded-For is believed
	LogLevel       slog.Level     // debug, info, warn or error
	LogFormat      string         // text or json
	Keep           time.Duration  // how long ended tasks are kept, an hour to a hundred years; negative means for ever
	KeepRuns       time.Duration  // the same for what their runs took
	WorkflowGrace  time.Duration  // after which a workflow session ends whose last step is done, a second to a day; negative means never
	StallAfter     time.Duration  // for how long nothing may be heard of a task's worker, 30 s to 7 days; negative means for ever
	Overrun        bool           // a step that takes longer than usual says so
	AllowTargets   []string       // hosts, addresses and networks, with or without a port, that may be sent to though they are not public
	Language       string         // en, pt, es, de or fr
	TimeZone       *time.Location // of people who have not chosen one
	RemindAfter    time.Duration  // how long an approval waits before those asked are reminded, 30 s to 7 days; 0 means for ever
	Templates      string         // a folder, or ""
	KeepDeliveries time.Duration  // how long settled deliveries are kept, an hour to a hundred years; negative means for ever
	Email          Email
	PushContact    string // a mail address or an https URL, or "": whom push services can ask
	Slack          Slack
	Discord        Discord
	Limits         Limits
	Rules          []Rule // of who is told what, besides those who subscribe

	places map[string]string // where each setting's value comes from, by key
}

// Limits bound what the server takes.
type Limits struct {
	Task  TaskLimits
	Body  int64 // bytes of a request
	Batch int64 // bytes of a request of many lines
}

// TaskLimits bound what a task may hold. It has the fields of progress.Limits,
// which says what each means, and converts to it.
type TaskLimits struct {
	Title     int // characters
	Name      int // characters
	Text      int // characters
	Labels    int
	Steps     int
	Substeps  int
	List      int
	Metrics   int
	Workers   int
	Document  int // bytes
	LogLine   int // bytes
	LogLines  int
	BatchLogs int
}

// Place is where a setting's value comes from: "herald.yaml:7", "HERALD_LISTEN",
// "--listen" or "default".
func (c Config) Place(key string) string { return c.places[key] }
