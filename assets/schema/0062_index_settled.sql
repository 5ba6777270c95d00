-- Users among those waiting whose index rows were written by a change of their own.
CREATE TABLE IF NOT EXISTS index_settled (
    pool TEXT NOT NULL,
    job TEXT NOT NULL,
    sub BLOB NOT NULL,
    PRIMARY KEY (pool, job, sub)
) STRICT, WITHOUT ROWID;
