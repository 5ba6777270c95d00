-- Settings of a user pool: key columns and one JSON document of format `format`.
CREATE TABLE IF NOT EXISTS user_pool (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    version INTEGER NOT NULL,
    format INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
