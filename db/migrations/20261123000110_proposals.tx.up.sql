-- What one administrator proposed and a second one has to agree to before it
-- counts: a change that weakens how a service is protected, a new key of ours.
CREATE TABLE proposals (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('policy', 'key')),
    subject     text NOT NULL,             -- a service's entity ID, or the use and algorithm of a key
    service_id  text REFERENCES services (id),  -- empty for a key
    body        jsonb NOT NULL,            -- what would be
    before      jsonb NOT NULL DEFAULT '{}',  -- what it was proposed against
    state       text NOT NULL CHECK (state IN ('waiting', 'approved', 'withdrawn')),
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by  text NOT NULL DEFAULT '',
    decided_at  timestamptz,
    CONSTRAINT nobody_approves_alone CHECK (state <> 'approved' OR decided_by NOT IN ('', proposed_by))
);
CREATE UNIQUE INDEX proposals_waiting ON proposals (kind, subject) WHERE state = 'waiting';

-- Sign-ins are not all that passes between a service and us.
ALTER TABLE exchanges ADD COLUMN kind text NOT NULL DEFAULT 'signin'
    CHECK (kind IN ('signin', 'logout_theirs', 'logout_ours'));

-- What became of a service's last logouts is shown to its operators.
CREATE INDEX logout_parties_service ON logout_parties (entity_id, state_at);
