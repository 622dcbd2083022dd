-- A session's last use is written again and again: with room on its page, that
-- touches no index.
ALTER TABLE sessions SET (fillfactor = 75);
