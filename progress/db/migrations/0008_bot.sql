-- 0008: what the bot remembers. Times are microseconds since 1970.

-- One row a place of a conversation. place is a hash of its room, thread and person, which
-- may be long; doc is JSON.
CREATE TABLE bot_memory (
	place    TEXT PRIMARY KEY,
	doc      TEXT NOT NULL,
	until_at BIGINT NOT NULL
);
CREATE INDEX bot_memory_by_time ON bot_memory (until_at);

-- One row a text that belongs to a ticket or a message, such as the reason that somebody
-- gave, until that is good for nothing any more.
CREATE TABLE bot_reasons (
	of_key   TEXT PRIMARY KEY,
	reason   TEXT NOT NULL,
	until_at BIGINT NOT NULL
);
CREATE INDEX bot_reasons_by_time ON bot_reasons (until_at);
