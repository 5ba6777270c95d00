CREATE TABLE IF NOT EXISTS import_log (
    pool TEXT NOT NULL,
    job TEXT NOT NULL,
    line INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (pool, job, line)
) STRICT, WITHOUT ROWID;
