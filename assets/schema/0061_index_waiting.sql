-- Where the users begin that a job has added and the index (`attr`) does not hold yet.
-- `batches` tells whether more came while they were read.
CREATE TABLE IF NOT EXISTS index_waiting (
    pool TEXT NOT NULL,
    job TEXT NOT NULL,
    from_sub BLOB NOT NULL,
    batches INTEGER NOT NULL,
    PRIMARY KEY (pool, job)
) STRICT, WITHOUT ROWID;
