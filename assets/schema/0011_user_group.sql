CREATE TABLE IF NOT EXISTS user_group (
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, name)
) STRICT;
