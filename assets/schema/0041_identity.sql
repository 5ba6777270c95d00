CREATE TABLE IF NOT EXISTS identity (
    pool TEXT NOT NULL,
    provider TEXT NOT NULL,
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,
    sub BLOB NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (pool, provider, attribute, value)
) STRICT;
