package config

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Setting is one setting: its names, and what it means.
type Setting struct {
	Key     string   // in the file; limits.title is title in the section limits
	Env     string   // the variable
	Flag    string   // the flag without its dashes, or "" where there is none
	Default string   // as the file would say it; "" is empty
	Choices []string // all values there are, where they are few
	Usage   string   // what it means, as a sentence without its full stop

	field field
}

// Settings lists all settings, in the order in which people read them.
func Settings() []Setting {
	all := slices.Concat(server(), notices(), email(), push(), slack(), discord(), limits())
	for i, s := range all {
		all[i].Env = variable(s.Key)
		if !strings.HasPrefix(s.Key, limitsSection) && !slices.Contains(secrets, s.Key) {
			all[i].Flag = strings.NewReplacer("_", "-", ".", "-").Replace(s.Key)
		}
	}
	return all
}

const limitsSection = "limits."

// secrets have no flag: everybody on a machine may read a process's arguments.
var secrets = []string{"admin_token", "email.password", "slack.bot_token", "slack.app_token", "slack.signing_secret", "discord.token"}

// variable names the variable of a setting.
func variable(key string) string {
	if limit, ok := strings.CutPrefix(key, limitsSection); ok {
		key = "limit_" + limit
	}
	return "HERALD_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

func server() []Setting {
	return []Setting{
		{
			Key: "listen", Default: "127.0.0.1:8080", field: one(func(c *Config) *string { return &c.Listen }, parseListen, plain),
			Usage: "address to listen on; 0.0.0.0:8080 is every interface of the machine",
		}, {
			Key: "database", Default: homeData, field: one(func(c *Config) *Secret { return &c.Database }, parseDatabase, Secret.String),
			Usage: "file of a SQLite database, or postgres:// URL; where $XDG_DATA_HOME is set, the default is in there",
		}, {
			Key: "admin_token", field: one(func(c *Config) *Secret { return &c.AdminToken }, parseToken, Secret.String),
			Usage: "token of the person admin, at least 16 characters; without it the first start makes one and prints it",
		}, {
			Key: "public_url", field: one(func(c *Config) *string { return &c.PublicURL }, parseURL, plain),
			Usage: "where people reach the server, such as https://herald.example.com; links begin with it",
		}, {
			Key: "open", Default: "false", Choices: []string{"true", "false"}, field: one(func(c *Config) *bool { return &c.Open }, parseBool, formatBool),
			Usage: "take calls without a token; only on a loopback address",
		}, {
			Key: "rate_limit", Default: "300/s", field: one(func(c *Config) *float64 { return &c.RateLimit }, parseRate, formatRate),
			Usage: "requests a second for each token or login, or off",
		}, {
			Key: "cors", field: many(func(c *Config) *[]string { return &c.CORS }, parseOrigin),
			Usage: "origins whose pages may call the API, such as https://app.example.com",
		}, {
			Key: "trusted_proxies", field: many(func(c *Config) *[]string { return &c.TrustedProxies }, parseNetwork),
			Usage: "networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8",
		}, {
			Key: "log_level", Default: "info", Choices: levels, field: one(func(c *Config) *slog.Level { return &c.LogLevel }, parseLevel, formatLevel),
			Usage: "least level that is logged",
		}, {
			Key: "log_format", Default: "text", Choices: formats, field: one(func(c *Config) *string { return &c.LogFormat }, parseFormat, plain),
			Usage: "form of the log's lines",
		}, {
			Key: "keep", Default: "90d", field: one(func(c *Config) *time.Duration { return &c.Keep }, parseKeep, formatKeep),
			Usage: "how long ended tasks are kept, such as 36h, 90d or 52w, or forever",
		}, {
			Key: "keep_runs", Default: "104w", field: one(func(c *Config) *time.Duration { return &c.KeepRuns }, parseKeep, formatKeep),
			Usage: "how long it is remembered what runs and their steps took, for estimates and statistics",
		}, {
			Key: "workflow_grace", Default: "60s", field: one(func(c *Config) *time.Duration { return &c.WorkflowGrace }, parseGrace, formatGrace),
			Usage: "how long after its last step is done a workflow session ends by itself, 1s to 24h, or off",
		}, {
			Key: "stall_after", Default: "10m", field: one(func(c *Config) *time.Duration { return &c.StallAfter }, parseQuiet, formatQuiet),
			Usage: "for how long nothing may be heard of a running task's worker before the task says so, 30s to 168h, or off; a task may have its own",
		}, {
			Key: "overrun", Default: "true", Choices: []string{"true", "false"}, field: one(func(c *Config) *bool { return &c.Overrun }, parseBool, formatBool),
			Usage: "a step that takes longer than 19 of 20 times before says so",
		},
	}
}

// notices are the settings of what people and programs are told.
func notices() []Setting {
	return []Setting{
		{
			Key: "allow_targets", field: many(func(c *Config) *[]string { return &c.AllowTargets }, parseTarget),
			Usage: "hosts, addresses and networks of your own that may be sent to, such as hooks.internal:8443, 10.1.2.3 or 10.0.0.0/8; public ones always may",
		}, {
			Key: "language", Default: "en", Choices: languages, field: one(func(c *Config) *string { return &c.Language }, parseLanguage, plain),
			Usage: "language of what people are told who have not chosen one",
		}, {
			Key: "time_zone", Default: "UTC", field: one(func(c *Config) **time.Location { return &c.TimeZone }, parseZone, (*time.Location).String),
			Usage: "time zone of those people, such as America/Sao_Paulo",
		}, {
			Key: "remind_after", Default: "1h", field: one(func(c *Config) *time.Duration { return &c.RemindAfter }, parseReminder, formatLong),
			Usage: "how long an approval may wait before those asked are reminded, 30s to 168h, or off; an approval or a rule may say otherwise",
		}, {
			Key: "templates", field: one(func(c *Config) *string { return &c.Templates }, parseFolder, plain),
			Usage: "folder with words and layouts of your own, which come before those of Herald",
		}, {
			Key: "keep_deliveries", Default: "30d", field: one(func(c *Config) *time.Duration { return &c.KeepDeliveries }, parseKeep, formatKeep),
			Usage: "how long it is kept what was delivered, and what could not be, such as 36h, 30d or 52w, or forever",
		},
	}
}

func limits() []Setting {
	return []Setting{
		count("title", "200", "characters of a task's title", func(l *TaskLimits) *int { return &l.Title }),
		count("name", "200", "characters of the name of a step, substep, worker, kind, owner, label or level", func(l *TaskLimits) *int { return &l.Name }),
		count("text", "4000", "characters of a message, reason, prompt, effect, option, error message or callback URL", func(l *TaskLimits) *int { return &l.Text }),
		count("labels", "64", "labels of a task", func(l *TaskLimits) *int { return &l.Labels }),
		count("steps", "10000", "steps of a task", func(l *TaskLimits) *int { return &l.Steps }),
		count("substeps", "1000", "substeps of a step", func(l *TaskLimits) *int { return &l.Substeps }),
		count("list", "100", "effects, options or approvers of one approval, its quorum, the controls or callback events of a task", func(l *TaskLimits) *int { return &l.List }),
		count("metrics", "200", "names in metrics, and in metadata, of a task", func(l *TaskLimits) *int { return &l.Metrics }),
		count("workers", "1000", "workers that number their reports on one attempt of a task", func(l *TaskLimits) *int { return &l.Workers }),
		size("document", "512KiB", "bytes of inputs, result, metadata, metrics or error details", func(l *Limits) *int { return &l.Task.Document }),
		size("log_line", "16KiB", "bytes of one log line", func(l *Limits) *int { return &l.Task.LogLine }),
		count("log_lines", "100000", "log lines kept of a task; older ones are dropped", func(l *TaskLimits) *int { return &l.LogLines }),
		count("batch_logs", "10000", "log lines in one command", func(l *TaskLimits) *int { return &l.BatchLogs }),
		size("body", "1MiB", "bytes of a request", func(l *Limits) *int64 { return &l.Body }),
		size("batch", "16MiB", "bytes of a request of many lines", func(l *Limits) *int64 { return &l.Batch }),
	}
}

// count is a limit of things.
func count(name, byDefault, usage string, at func(*TaskLimits) *int) Setting {
	return Setting{
		Key: limitsSection + name, Default: byDefault, Usage: usage,
		field: one(func(c *Config) *int { return at(&c.Limits.Task) }, parseCount, strconv.Itoa),
	}
}

// size is a limit of bytes.
func size[N int | int64](name, byDefault, usage string, at func(*Limits) *N) Setting {
	return Setting{
		Key: limitsSection + name, Default: byDefault, Usage: usage,
		field: one(func(c *Config) *N { return at(&c.Limits) }, parseSize[N], formatSize[N]),
	}
}
