-- 0001: the tables of the core. Runs on SQLite and PostgreSQL alike.
-- Times are microseconds since 1970, 0 for none, unless said otherwise.

-- One row a task: what lists and timers ask for, and the pulse (JSON), which
-- is all that a percent tick rewrites. rev rises with every write of the row.
CREATE TABLE tasks (
	id          TEXT PRIMARY KEY,
	rev         BIGINT NOT NULL,
	version     BIGINT NOT NULL,
	seq         BIGINT NOT NULL,
	run         BIGINT NOT NULL,
	attempt     BIGINT NOT NULL,
	status      TEXT NOT NULL,
	kind        TEXT NOT NULL,
	owner       TEXT NOT NULL,
	title       TEXT NOT NULL,
	percent     DOUBLE PRECISION NOT NULL,
	created_at  BIGINT NOT NULL,
	run_at      BIGINT NOT NULL,
	started_at  BIGINT NOT NULL,
	ended_at    BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	wake_at     BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	pulse       TEXT NOT NULL
);
CREATE INDEX tasks_by_time ON tasks (created_at, id);
CREATE INDEX tasks_by_kind ON tasks (kind, status, created_at);
CREATE INDEX tasks_by_status ON tasks (status, created_at);
CREATE INDEX tasks_by_wake ON tasks (wake_at) WHERE wake_at > 0;
CREATE INDEX tasks_by_end ON tasks (ended_at) WHERE ended_at > 0;

-- What is large and seldom changes: the spec, and how the run ended (JSON).
CREATE TABLE task_docs (
	task_id TEXT PRIMARY KEY,
	spec    TEXT NOT NULL,
	ending  TEXT NOT NULL
);

CREATE TABLE task_labels (
	task_id TEXT NOT NULL,
	name    TEXT NOT NULL,
	value   TEXT NOT NULL,
	PRIMARY KEY (task_id, name)
);
CREATE INDEX task_labels_by_value ON task_labels (name, value);

-- Promised to outside readers: task_id, step (1-based order), percent, status,
-- updated_at (RFC 3339, UTC; NULL while nothing has been said of the step). One
-- row a step of the current run. The other columns are Herald's own.
CREATE TABLE task_progress (
	task_id    TEXT NOT NULL,
	step       BIGINT NOT NULL,
	name       TEXT NOT NULL,
	status     TEXT NOT NULL,
	percent    DOUBLE PRECISION NOT NULL,
	updated_at TEXT,
	detail     TEXT NOT NULL,
	PRIMARY KEY (task_id, step)
);

-- The milestones. Replaying a task's rows in the order of seq gives its state.
CREATE TABLE events (
	task_id TEXT NOT NULL,
	seq     BIGINT NOT NULL,
	version BIGINT NOT NULL,
	kind    TEXT NOT NULL,
	step    BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	person  TEXT NOT NULL,
	via     TEXT NOT NULL,
	data    TEXT NOT NULL,
	PRIMARY KEY (task_id, seq)
);

-- Runs that a restart has put away (JSON).
CREATE TABLE runs (
	task_id TEXT NOT NULL,
	run     BIGINT NOT NULL,
	picture TEXT NOT NULL,
	PRIMARY KEY (task_id, run)
);

-- Percents over time, thinned. step 0 is the task.
CREATE TABLE snapshots (
	task_id TEXT NOT NULL,
	at      BIGINT NOT NULL,
	step    BIGINT NOT NULL,
	run     BIGINT NOT NULL,
	percent DOUBLE PRECISION NOT NULL,
	PRIMARY KEY (task_id, at, step)
);

CREATE TABLE logs (
	task_id TEXT NOT NULL,
	n       BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	level   TEXT NOT NULL,
	step    TEXT NOT NULL,
	line    TEXT NOT NULL,
	PRIMARY KEY (task_id, n)
);

-- How long completed steps were worked on, in microseconds.
CREATE TABLE durations (
	kind    TEXT NOT NULL,
	at      BIGINT NOT NULL,
	step    TEXT NOT NULL,
	task_id TEXT NOT NULL,
	active  BIGINT NOT NULL
);
CREATE INDEX durations_by_kind ON durations (kind, at);
CREATE INDEX durations_by_time ON durations (at);

-- Outcomes of commands that came with an idempotency key (JSON).
CREATE TABLE command_keys (
	id      TEXT PRIMARY KEY,
	body    TEXT NOT NULL,
	at      BIGINT NOT NULL,
	outcome TEXT NOT NULL
);
CREATE INDEX command_keys_by_time ON command_keys (at);
