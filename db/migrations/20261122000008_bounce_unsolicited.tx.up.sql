-- A database of the first days knows the switch by its opposite.
DO $$
BEGIN
    IF EXISTS (SELECT FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = 'college_providers' AND column_name = 'accept_unsolicited') THEN
        ALTER TABLE college_providers ADD COLUMN bounce_unsolicited boolean NOT NULL DEFAULT true;
        UPDATE college_providers SET bounce_unsolicited = NOT accept_unsolicited;
        ALTER TABLE college_providers DROP COLUMN accept_unsolicited;
    END IF;
END $$;
