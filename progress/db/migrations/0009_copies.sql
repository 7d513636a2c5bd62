-- 0009: messages that ask for a decision are kept true once they are sent: each is a card
-- too. seq is that of the event that asks and round how often it was told before; both are
-- 0 for a picture of a task.
ALTER TABLE cards ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN round BIGINT NOT NULL DEFAULT 0;

-- Which task a message is about to which somebody answers.
CREATE INDEX cards_by_far ON cards (far);
CREATE INDEX letters_by_far ON letters (far) WHERE far <> '';
