CREATE TABLE IF NOT EXISTS identity_pool (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    version INTEGER NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
