-- A recovery's account is looked for, not checked: looking whether it is there
-- would take time for those only who have one.
ALTER TABLE recoveries DROP CONSTRAINT recoveries_account_id_fkey;
