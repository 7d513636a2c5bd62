-- 0003: what lists of tasks are found by. Each table here leads to tasks newest
-- first, by the task's created_at and id, so that a page costs as many rows as
-- it has tasks. A percent tick writes none of them.

-- Under which names a task is found: '' for a task that is everyone's, else
-- 'p:NAME' for its owner, its maker and those whom a step names to decide, and
-- 'g:NAME' for groups. '*' is for deciders that are not listed: then the task
-- itself has to be asked.
CREATE TABLE task_eyes (
	name       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	task_id    TEXT NOT NULL,
	PRIMARY KEY (name, created_at, task_id)
);
CREATE INDEX task_eyes_by_task ON task_eyes (task_id, name);

-- The first 2,000 bytes of each title, in one case.
CREATE TABLE task_titles (
	task_id    TEXT PRIMARY KEY,
	created_at BIGINT NOT NULL,
	folded     TEXT NOT NULL
);
CREATE INDEX task_titles_by_time ON task_titles (created_at, task_id, folded);

ALTER TABLE task_labels ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX task_labels_by_value;
CREATE INDEX task_labels_by_time ON task_labels (name, value, created_at, task_id);

-- With the id, these two are in the order of the list.
DROP INDEX tasks_by_status;
CREATE INDEX tasks_by_status ON tasks (status, created_at, id);
DROP INDEX tasks_by_kind;
CREATE INDEX tasks_by_kind ON tasks (kind, status, created_at, id);

-- Tasks from before: their titles are folded as far as the database can, and
-- their deciders are not listed.
INSERT INTO task_titles (task_id, created_at, folded) SELECT id, created_at, substr(lower(title), 1, 500) FROM tasks;

INSERT INTO task_eyes (name, created_at, task_id)
	SELECT CASE WHEN owner = '' THEN '' WHEN substr(owner, 1, 6) = 'group:' THEN 'g:' || substr(owner, 7) ELSE 'p:' || owner END, created_at, id
	FROM tasks
	UNION SELECT 'p:' || e.person, t.created_at, t.id
	FROM tasks t JOIN events e ON e.task_id = t.id AND e.seq = 1 WHERE t.owner <> '' AND e.person <> ''
	UNION SELECT '*', t.created_at, t.id
	FROM tasks t WHERE t.owner <> '' AND EXISTS (SELECT 1 FROM task_progress s WHERE s.task_id = t.id AND s.detail LIKE '%"approvers":%');

UPDATE task_labels SET created_at = (SELECT t.created_at FROM tasks t WHERE t.id = task_labels.task_id)
	WHERE EXISTS (SELECT 1 FROM tasks t WHERE t.id = task_labels.task_id);
