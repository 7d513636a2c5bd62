-- 0005: the road out: who is told of what, and what became of it. Times are
-- microseconds since 1970, 0 for none; what is 0 or 1 is no or yes.

-- Events that nobody has looked at yet, written together with them. A percent
-- tick writes none.
CREATE TABLE outbox (
	at      BIGINT NOT NULL,
	task_id TEXT NOT NULL,
	seq     BIGINT NOT NULL,
	PRIMARY KEY (at, task_id, seq)
);

-- One row a destination. target is where it is, as the channel writes it;
-- closed says why nothing is sent there any more, '' while it is open.
CREATE TABLE lanes (
	id        TEXT PRIMARY KEY,
	channel   TEXT NOT NULL,
	target    TEXT NOT NULL,
	key_of    TEXT NOT NULL, -- whose keys sign what is sent, '' for nobody's
	closed    TEXT NOT NULL,
	closed_at BIGINT NOT NULL
);

-- One row a thing to be said once. calm is 1 for what lets others pass; note
-- (JSON) is '' for a letter that is about a task.
CREATE TABLE letters (
	id         TEXT PRIMARY KEY,
	lane       TEXT NOT NULL,
	sub        TEXT NOT NULL,
	person     TEXT NOT NULL,
	task_id    TEXT NOT NULL,
	seq        BIGINT NOT NULL,
	kind       TEXT NOT NULL,
	class      TEXT NOT NULL,
	calm       BIGINT NOT NULL,
	state      TEXT NOT NULL,
	made_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	due_at     BIGINT NOT NULL,
	settled_at BIGINT NOT NULL,
	tries      BIGINT NOT NULL,
	doubt      BIGINT NOT NULL,
	why        TEXT NOT NULL,
	far        TEXT NOT NULL,
	note       TEXT NOT NULL
);

-- The first is for the lanes, in the order of their work; the others are for
-- lists, which ask one state after the other where they want any.
CREATE INDEX letters_by_lane ON letters (state, lane, calm, made_at, seq, id);
CREATE INDEX letters_by_state ON letters (state, made_at, id);
CREATE INDEX letters_by_person ON letters (person, state, made_at, id);
CREATE INDEX letters_by_sub ON letters (sub, state, made_at, id);
CREATE INDEX letters_by_task ON letters (task_id, made_at, id);

-- One row a live picture of a task in a place. moved_at is when something last
-- asked for a newer one.
CREATE TABLE cards (
	id       TEXT PRIMARY KEY,
	lane     TEXT NOT NULL,
	sub      TEXT NOT NULL,
	person   TEXT NOT NULL,
	task_id  TEXT NOT NULL,
	want     BIGINT NOT NULL,
	shown    BIGINT NOT NULL,
	hash     TEXT NOT NULL,
	far      TEXT NOT NULL,
	over     BIGINT NOT NULL,
	made_at  BIGINT NOT NULL,
	moved_at BIGINT NOT NULL
);
CREATE INDEX cards_by_lane ON cards (lane);
CREATE INDEX cards_at_work ON cards (lane, made_at, id) WHERE over = 0;
CREATE INDEX cards_by_sub ON cards (sub);
CREATE INDEX cards_by_time ON cards (moved_at);

-- One row a wish to be told. lane follows from the address (channel, target,
-- key_of); about and events are JSON.
CREATE TABLE subscriptions (
	id      TEXT PRIMARY KEY,
	owner   TEXT NOT NULL,
	name    TEXT NOT NULL,
	lane    TEXT NOT NULL,
	channel TEXT NOT NULL,
	target  TEXT NOT NULL,
	key_of  TEXT NOT NULL,
	about   TEXT NOT NULL,
	events  TEXT NOT NULL,
	live    BIGINT NOT NULL,
	off_why TEXT NOT NULL,
	off_at  BIGINT NOT NULL,
	made_at BIGINT NOT NULL
);
CREATE INDEX subscriptions_by_owner ON subscriptions (owner);
CREATE INDEX subscriptions_by_lane ON subscriptions (lane);

-- One row. Whoever changes a subscription raises rev first, so that changes
-- come one after the other.
CREATE TABLE subscriptions_state (
	id  BIGINT PRIMARY KEY,
	rev BIGINT NOT NULL
);
INSERT INTO subscriptions_state (id, rev) VALUES (1, 0);

-- Secrets that sign, as they are: nobody can sign with a fingerprint.
CREATE TABLE signing_keys (
	holder       TEXT PRIMARY KEY,
	current_key  TEXT NOT NULL,
	previous_key TEXT NOT NULL,
	until_at     BIGINT NOT NULL
);

-- Works that one of many nodes does at a time.
CREATE TABLE leases (
	name     TEXT PRIMARY KEY,
	holder   TEXT NOT NULL,
	until_at BIGINT NOT NULL
);
