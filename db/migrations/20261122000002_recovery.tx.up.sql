-- Forgot Login ID takes a person's preferred name as well as the legal one.

ALTER TABLE accounts ADD COLUMN preferred_index bytea; -- folded preferred name + birth date: never a key
CREATE INDEX accounts_preferred ON accounts (preferred_index);

-- The recovery that a browser has under way.
CREATE INDEX recoveries_browser ON recoveries (browser, kind);
CREATE INDEX links_recovery ON links (recovery_id) WHERE recovery_id IS NOT NULL;
CREATE INDEX codes_recovery ON codes (recovery_id) WHERE recovery_id IS NOT NULL;
CREATE INDEX codes_account ON codes (account_id) WHERE account_id IS NOT NULL;
