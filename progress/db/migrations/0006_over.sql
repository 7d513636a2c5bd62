-- 0006: subscriptions that leave out the ends of short runs. over_us is how long
-- a run has to have taken, in microseconds, 0 for any.
ALTER TABLE subscriptions ADD COLUMN over_us BIGINT NOT NULL DEFAULT 0;
