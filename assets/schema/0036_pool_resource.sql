CREATE TABLE IF NOT EXISTS pool_resource (
    pool TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, kind, name)
) STRICT;
