-- 0007: what is told later, who is asked next, and why somebody was told or not.
-- Times are microseconds since 1970, 0 for none; what is 0 or 1 is no or yes.

-- round is how often an approval was told before, 0 for what is told once.
ALTER TABLE letters ADD COLUMN round BIGINT NOT NULL DEFAULT 0;

-- One row an event that is told with others of its bundle, all of them at until_at.
CREATE TABLE held (
	bundle   TEXT NOT NULL, -- the letter that will tell it
	task_id  TEXT NOT NULL,
	seq      BIGINT NOT NULL,
	sub      TEXT NOT NULL,
	person   TEXT NOT NULL,
	kind     TEXT NOT NULL,
	class    TEXT NOT NULL,
	at       BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	PRIMARY KEY (bundle, task_id, seq)
);
CREATE INDEX held_by_time ON held (until_at, bundle);
CREATE INDEX held_by_sub ON held (sub);

-- One row an approval that was asked for, with what happens while nobody decides it.
-- stages is JSON; over_why says why nothing more happens, '' while it goes on.
CREATE TABLE chains (
	approval   TEXT PRIMARY KEY,
	task_id    TEXT NOT NULL,
	seq        BIGINT NOT NULL, -- of the event that asks
	step       BIGINT NOT NULL,
	asked_at   BIGINT NOT NULL,
	stages     TEXT NOT NULL,
	next_stage BIGINT NOT NULL,
	fired_at   BIGINT NOT NULL,
	due_at     BIGINT NOT NULL,
	alerted    BIGINT NOT NULL,
	over_why   TEXT NOT NULL,
	over_at    BIGINT NOT NULL
);
CREATE INDEX chains_at_work ON chains (due_at, approval) WHERE over_why = '' AND due_at > 0;
CREATE INDEX chains_by_task ON chains (task_id, seq, approval);
CREATE INDEX chains_by_end ON chains (over_at);

-- One row an event and round: who was told, who was not, and why, as JSON.
CREATE TABLE traces (
	task_id TEXT NOT NULL,
	seq     BIGINT NOT NULL,
	round   BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	kind    TEXT NOT NULL,
	doc     TEXT NOT NULL,
	PRIMARY KEY (task_id, seq, round)
);
CREATE INDEX traces_by_time ON traces (at);

-- One row a person who has said how they want to be told, as JSON. Whoever changes one
-- raises rev of subscriptions_state first.
CREATE TABLE preferences (
	person     TEXT PRIMARY KEY,
	doc        TEXT NOT NULL,
	changed_at BIGINT NOT NULL
);
