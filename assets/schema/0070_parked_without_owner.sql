-- What it held told nothing of whose it was, and was of use for a quarter of an hour.
DROP TABLE IF EXISTS parked;
