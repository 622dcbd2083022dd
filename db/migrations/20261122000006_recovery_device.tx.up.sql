-- The message that tells of a recovery names the browser it was begun in, as
-- words ("Firefox, Windows"); the message is written by an errand, later.
ALTER TABLE recoveries ADD COLUMN device text NOT NULL DEFAULT '';
