-- How long answers are kept, and which runs nobody works on any more.

-- The replica that drives the run says so now and then. NULL: not yet, so its start counts.
ALTER TABLE runs ADD COLUMN alive_at BIGINT;
-- When the kept rows were removed, and when the log with the answer was.
ALTER TABLE runs ADD COLUMN rows_pruned_at BIGINT;
ALTER TABLE runs ADD COLUMN answer_pruned_at BIGINT;
CREATE INDEX runs_unpruned ON runs (started_at) WHERE answer_pruned_at IS NULL;
