-- 0010: whose the accounts on chat platforms are. Times are microseconds since 1970.

-- One row an account that somebody has linked, and while its end is not carried out one of
-- nobody's (person ''). pending is 1 while how the person is told there is not up to date.
CREATE TABLE chat_accounts (
	platform  TEXT NOT NULL,
	team      TEXT NOT NULL,
	account   TEXT NOT NULL,
	person    TEXT NOT NULL,
	name      TEXT NOT NULL,
	linked_at BIGINT NOT NULL,
	pending   BIGINT NOT NULL,
	PRIMARY KEY (platform, team, account)
);
CREATE INDEX chat_accounts_by_person ON chat_accounts (person);

-- One row a code by which an account is linked, once; sum is a hash of it.
CREATE TABLE chat_codes (
	sum      TEXT PRIMARY KEY,
	person   TEXT NOT NULL,
	until_at BIGINT NOT NULL
);
CREATE INDEX chat_codes_by_person ON chat_codes (person);
CREATE INDEX chat_codes_by_time ON chat_codes (until_at);

-- One row an account that has given wrong codes lately; tries is JSON, when each was.
CREATE TABLE chat_tries (
	platform TEXT NOT NULL,
	team     TEXT NOT NULL,
	account  TEXT NOT NULL,
	tries    TEXT NOT NULL,
	until_at BIGINT NOT NULL,
	PRIMARY KEY (platform, team, account)
);
CREATE INDEX chat_tries_by_time ON chat_tries (until_at);
