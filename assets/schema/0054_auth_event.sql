CREATE TABLE IF NOT EXISTS auth_event (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    id BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, sub, id)
) STRICT;
