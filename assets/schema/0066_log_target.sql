-- Where lines wait to go, and when that is tried next.
CREATE TABLE IF NOT EXISTS log_target (
    target TEXT NOT NULL PRIMARY KEY,
    due_at INTEGER NOT NULL,
    failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
