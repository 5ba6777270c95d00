CREATE TABLE IF NOT EXISTS pool_identity (
    id TEXT NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
