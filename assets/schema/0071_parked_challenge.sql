-- What waits of a user's sign-in for the second of two calls and is too long for the caller's hands.
-- Their bytes together stand in `counter`, of no pool.
CREATE TABLE IF NOT EXISTS parked_challenge (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    key BLOB NOT NULL,
    parked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (pool, sub, key)
) STRICT;
