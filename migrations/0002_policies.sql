-- Policies: who may see what.

-- Counts every change of the workspace's policies: a replica knows by it that it must read them.
ALTER TABLE workspaces ADD COLUMN policies_version BIGINT NOT NULL DEFAULT 0;

CREATE TABLE policies (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    -- NULL: every connection of the workspace.
    connection_id TEXT REFERENCES connections (id),
    name TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    -- The draft as JSON.
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_by TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX policies_workspace ON policies (workspace_id);

-- No reference to the policy: the log outlives it.
CREATE TABLE policy_changes (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    policy_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_user TEXT NOT NULL REFERENCES users (id),
    -- created, changed, deleted, enabled, disabled
    what TEXT NOT NULL,
    -- Sentences as a JSON array.
    lines TEXT NOT NULL
);
CREATE INDEX policy_changes_workspace ON policy_changes (workspace_id, id);

-- What a run has read, as JSON: its tables, and a digest of what the policies said of them then. Its
-- rows and its answer are shown again only while they say the same.
ALTER TABLE runs ADD COLUMN reads TEXT;
