"""The tables of the service's SQLite file."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS workflows (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,           -- the number of the latest one
    create_time INTEGER NOT NULL,        -- nanoseconds since 1970, as all times
    update_time INTEGER NOT NULL,
    description TEXT NOT NULL,
    labels TEXT NOT NULL,                -- JSON
    settings TEXT NOT NULL               -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS revisions (
    workflow TEXT NOT NULL REFERENCES workflows ON DELETE CASCADE,
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    source TEXT NOT NULL,
    file_name TEXT NOT NULL,
    service_account TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    module TEXT NOT NULL,
    PRIMARY KEY (workflow, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS operations (
    id TEXT PRIMARY KEY,
    verb TEXT NOT NULL,
    target TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    end_time INTEGER NOT NULL,
    error TEXT,                          -- JSON, as the response
    response TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS operations_by_time ON operations (create_time);

CREATE TABLE IF NOT EXISTS executions (
    number INTEGER PRIMARY KEY,          -- in the order of their creation
    id TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    revision TEXT NOT NULL,
    state TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    argument TEXT NOT NULL,              -- JSON, as result, error, steps and labels
    start_time INTEGER,
    end_time INTEGER,
    result TEXT,
    error TEXT,
    steps TEXT NOT NULL,
    labels TEXT NOT NULL,
    call_log_level TEXT NOT NULL,
    history_level TEXT NOT NULL,
    unbuffered INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    variables TEXT NOT NULL,             -- JSON
    address TEXT NOT NULL,
    request_id TEXT                      -- UNIQUE allows any number of nulls
) STRICT;

CREATE UNIQUE INDEX IF NOT EXISTS executions_by_request ON executions (workflow, request_id);
CREATE INDEX IF NOT EXISTS executions_by_workflow ON executions (workflow, create_time);
CREATE INDEX IF NOT EXISTS executions_unfinished ON executions (state, number)
    WHERE state IN ('QUEUED', 'ACTIVE');
CREATE INDEX IF NOT EXISTS executions_by_end ON executions (end_time)
    WHERE end_time IS NOT NULL;

CREATE TABLE IF NOT EXISTS journal (     -- of executions that have not ended
    execution INTEGER NOT NULL,          -- its number
    number INTEGER NOT NULL,             -- from 1 within the execution
    time REAL NOT NULL,                  -- seconds since 1970
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    what TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (execution, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sleeps (      -- that have begun, of executions that have not ended
    execution INTEGER NOT NULL,
    key TEXT NOT NULL,
    wake REAL NOT NULL,                  -- seconds since 1970
    PRIMARY KEY (execution, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS service (     -- what the service knows of itself
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS step_entries (
    execution TEXT NOT NULL,
    id INTEGER NOT NULL,
    entry TEXT NOT NULL,                 -- JSON of the fields that the API shows
    PRIMARY KEY (execution, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS logs (
    number INTEGER PRIMARY KEY,
    execution TEXT NOT NULL,
    time INTEGER NOT NULL,
    severity TEXT NOT NULL,
    entry TEXT NOT NULL                  -- JSON in the form of Cloud Logging
) STRICT;

CREATE INDEX IF NOT EXISTS logs_by_execution ON logs (execution, number);

CREATE TABLE IF NOT EXISTS peak_workflows (  -- of the workflow `peak/NUMBER`
    number INTEGER PRIMARY KEY AUTOINCREMENT,    -- what Peak's API calls its id: never used again
    name TEXT NOT NULL,
    paused INTEGER NOT NULL,
    webhook TEXT UNIQUE,                 -- the id of its webhook, where it has one
    deployment TEXT,                     -- the deployment of a block that it belongs to, if any
    request_id TEXT UNIQUE               -- of the request that has made it
) STRICT;

CREATE TABLE IF NOT EXISTS peak_blocks (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    about TEXT NOT NULL,                 -- JSON: metadata, featured, scope, tenants …
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    request_id TEXT UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS peak_releases (
    block TEXT NOT NULL REFERENCES peak_blocks ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- from 1 within the block
    version TEXT NOT NULL,
    spec TEXT NOT NULL,                  -- JSON: release, config
    parameters TEXT NOT NULL,            -- JSON: build, run
    create_time INTEGER NOT NULL,
    request_id TEXT,
    PRIMARY KEY (block, number),
    UNIQUE (block, version),
    UNIQUE (block, request_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS peak_deployments (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    block TEXT NOT NULL REFERENCES peak_blocks,
    workflow INTEGER NOT NULL,           -- the number of the workflow that it is
    metadata TEXT NOT NULL,              -- JSON
    run TEXT NOT NULL,                   -- JSON: values of run parameters
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    request_id TEXT UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS peak_deployment_revisions (
    deployment TEXT NOT NULL REFERENCES peak_deployments ON DELETE CASCADE,
    number INTEGER NOT NULL,             -- from 1 within the deployment
    version TEXT NOT NULL,               -- of the release
    notes TEXT NOT NULL,
    build TEXT NOT NULL,                 -- JSON: values of build parameters
    create_time INTEGER NOT NULL,
    request_id TEXT,
    PRIMARY KEY (deployment, number),
    UNIQUE (deployment, request_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS peak_workflows_by_name ON peak_workflows (name);
CREATE INDEX IF NOT EXISTS peak_unfinished ON executions (workflow)
    WHERE state IN ('QUEUED', 'ACTIVE') AND workflow >= 'peak/' AND workflow < 'peak0';

CREATE TABLE IF NOT EXISTS peak_notices (    -- what watchers are to hear of an execution
    execution TEXT NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
    event TEXT NOT NULL,                 -- `ended`, or `exceeded MINUTES`
    told INTEGER NOT NULL,
    PRIMARY KEY (execution, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS peak_notices_untold ON peak_notices (execution) WHERE told = 0;

CREATE TRIGGER IF NOT EXISTS peak_execution_ended AFTER UPDATE OF state ON executions
WHEN NEW.state IN ('SUCCEEDED', 'FAILED') AND OLD.state NOT IN ('SUCCEEDED', 'FAILED')
    AND NEW.workflow >= 'peak/' AND NEW.workflow < 'peak0'
BEGIN
    INSERT OR IGNORE INTO peak_notices SELECT NEW.id, 'ended', 0 FROM revisions
    WHERE workflow = NEW.workflow AND id = NEW.revision
        AND CASE WHEN json_valid(source) THEN json_array_length(source, '$.watchers') > 0 END;
END;
"""
