-- 0002: people and their credentials. Of secrets only the SHA-256 is here, in
-- hexadecimal digits. Lists of names are JSON; times are microseconds since
-- 1970, 0 for none.

-- One row. On PostgreSQL whoever changes anything below locks it first, so
-- that changes come one after the other.
CREATE TABLE access_state (
	id             BIGINT PRIMARY KEY,
	admin_token_at BIGINT NOT NULL, -- when the first token with the scope admin was made
	salt           TEXT NOT NULL    -- of admin_mark below; '' until it is needed
);
INSERT INTO access_state (id, admin_token_at, salt) VALUES (1, 0, '');

CREATE TABLE people (
	name        TEXT PRIMARY KEY,
	role        TEXT NOT NULL,
	member_of   TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	created_by  TEXT NOT NULL,
	disabled_at BIGINT NOT NULL
);

-- made_with, here and below, is the token that the row was made with, also by
-- way of sessions and codes, '' for none. admin_mark is the fingerprint of the
-- configured admin token that the chain of them began with, '' for none.
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
	used_at    BIGINT NOT NULL,
	made_with  TEXT NOT NULL,
	admin_mark TEXT NOT NULL
);
CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash);
CREATE INDEX tokens_by_person ON tokens (person, created_at);
CREATE INDEX tokens_by_maker ON tokens (made_with);

-- ends_at is the latest end, however much the session is used.
CREATE TABLE sessions (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL,
	person     TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	ends_at    BIGINT NOT NULL,
	made_with  TEXT NOT NULL,
	admin_mark TEXT NOT NULL
);
CREATE UNIQUE INDEX sessions_by_hash ON sessions (hash);
CREATE INDEX sessions_by_person ON sessions (person, created_at);
CREATE INDEX sessions_by_maker ON sessions (made_with);

-- A code is deleted when it is used. session_ends_at is the latest end of the
-- session that it begins.
CREATE TABLE login_codes (
	hash            TEXT PRIMARY KEY,
	person          TEXT NOT NULL,
	scopes          TEXT NOT NULL,
	created_at      BIGINT NOT NULL,
	created_by      TEXT NOT NULL,
	expires_at      BIGINT NOT NULL,
	session_ends_at BIGINT NOT NULL,
	made_with       TEXT NOT NULL,
	admin_mark      TEXT NOT NULL
);
CREATE INDEX login_codes_by_person ON login_codes (person, created_at);
CREATE INDEX login_codes_by_maker ON login_codes (made_with);
