-- What waits for the second of two calls and is too long for the caller's hands.
CREATE TABLE IF NOT EXISTS parked (
    key BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
