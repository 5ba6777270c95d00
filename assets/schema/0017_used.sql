-- Marks of single use: the row is the proof that its key was used.
CREATE TABLE IF NOT EXISTS used (
    key BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
