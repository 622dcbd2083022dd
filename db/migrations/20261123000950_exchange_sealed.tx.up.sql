-- What has to be read to judge a recorded request again may tell of a person: it
-- is kept sealed, and goes with its row.
ALTER TABLE exchanges ADD COLUMN sealed bytea NOT NULL DEFAULT ''::bytea;
