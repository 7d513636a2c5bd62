-- 0002: people and their credentials. Of secrets only the SHA-256 is here, in
-- hexadecimal digits. Lists of names are JSON; times are microseconds since
-- 1970, 0 for none.

-- One row. On PostgreSQL whoever changes anything below locks it first, so
-- that changes come one after the other.
CREATE TABLE access_state (
	id             BIGINT PRIMARY KEY,
	admin_token_at BIGINT NOT NULL -- when the first token with the scope admin was made
);
INSERT INTO access_state (id, admin_token_at) VALUES (1, 0);

CREATE TABLE people (
	name        TEXT PRIMARY KEY,
	role        TEXT NOT NULL,
	member_of   TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	created_by  TEXT NOT NULL,
	disabled_at BIGINT NOT NULL
);

CREATE TABLE tokens (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL,
	person     TEXT NOT NULL,
	name       TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	expires_at BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);
CREATE INDEX tokens_by_person ON tokens (person, created_at);

-- ends_at is the latest end, however much the session is used. token_id is the
-- token that it began with, '' for a login code.
CREATE TABLE sessions (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL,
	person     TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	token_id   TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	ends_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX sessions_by_hash ON sessions (hash);
CREATE INDEX sessions_by_person ON sessions (person, created_at);

-- A code is deleted when it is used. session_ends_at is the latest end of the
-- session that it begins.
CREATE TABLE login_codes (
	hash            TEXT PRIMARY KEY,
	person          TEXT NOT NULL,
	scopes          TEXT NOT NULL,
	created_at      BIGINT NOT NULL,
	created_by      TEXT NOT NULL,
	expires_at      BIGINT NOT NULL,
	session_ends_at BIGINT NOT NULL
);
