-- A user. The document is larger than an index page likes, so this table has row ids and
-- new users land at its end. `logins` repeats the names that `login` holds for the user,
-- so that giving them up needs no second index.
CREATE TABLE IF NOT EXISTS pool_user (
    pool TEXT NOT NULL,
    sub BLOB NOT NULL,
    version INTEGER NOT NULL,
    format INTEGER NOT NULL,
    logins TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (pool, sub)
) STRICT;
