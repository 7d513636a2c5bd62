-- 0004: runs that have ended, as history keeps them after their task is gone,
-- one row a run. They take the place of the durations of single steps.
--
-- owner and made_by say whose the task was. active is how long the run was
-- worked on and idle how long it was paused or waited for people, both in
-- microseconds. size is that of the job, NULL if it was not given; laps (JSON)
-- is what is known of the steps.
CREATE TABLE past_runs (
	task_id  TEXT NOT NULL,
	run      BIGINT NOT NULL,
	kind     TEXT NOT NULL,
	owner    TEXT NOT NULL,
	made_by  TEXT NOT NULL,
	ended_at BIGINT NOT NULL,
	active   BIGINT NOT NULL,
	idle     BIGINT NOT NULL,
	outcome  TEXT NOT NULL,
	size     DOUBLE PRECISION,
	laps     TEXT NOT NULL,
	PRIMARY KEY (task_id, run)
);

-- In the order of the lists, with all that a run is chosen by: what is not to
-- be seen is passed over without a look at its laps.
CREATE INDEX past_runs_by_kind ON past_runs (kind, ended_at, task_id, run, owner, made_by);
CREATE INDEX past_runs_by_time ON past_runs (ended_at, task_id, run, owner, made_by);

DROP TABLE durations;
