-- What happened, and what was sent about it.

CREATE TABLE audit_heads (
    chain integer PRIMARY KEY CHECK (chain BETWEEN 0 AND 7),
    seq   bigint NOT NULL,
    hash  bytea NOT NULL
);
INSERT INTO audit_heads SELECT n, 0, '\x' FROM generate_series(0, 7) n;

CREATE TABLE audit_events (
    chain      integer NOT NULL,
    seq        bigint NOT NULL,
    at         timestamptz NOT NULL,
    kind       text NOT NULL,
    actor      text NOT NULL,
    subject    text NOT NULL,
    service    text NOT NULL,
    request_id text NOT NULL,
    address    text NOT NULL,
    reference  text NOT NULL,
    details    text NOT NULL,              -- canonical JSON: ids and masked values only
    key_version integer NOT NULL,
    hash       bytea NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_events_subject ON audit_events (subject, at);
CREATE INDEX audit_events_reference ON audit_events (reference) WHERE reference <> '';
CREATE INDEX audit_events_kind ON audit_events (kind, at);

-- Events are added, never changed.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are never changed or deleted';
END $$;
--bun:split
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE messages (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,
    channel     text NOT NULL CHECK (channel IN ('mail', 'sms', 'call')),
    account_id  uuid REFERENCES accounts (id),
    draft_id    uuid,
    code_id     uuid,
    language    text NOT NULL CHECK (language IN ('en', 'fr')),
    recipient   bytea,                     -- sealed; emptied when delivered
    content     bytea,                     -- sealed values; emptied when delivered
    masked      text NOT NULL,             -- what the service desk sees of the recipient
    state       text NOT NULL CHECK (state IN ('waiting', 'sent', 'delivered', 'failed', 'cancelled')),
    carrier     text NOT NULL DEFAULT '',
    carrier_id  text NOT NULL DEFAULT '',
    problem     text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,               -- a code is not worth sending after this
    sent_at     timestamptz,
    state_at    timestamptz NOT NULL
);
CREATE INDEX messages_account ON messages (account_id, created_at);
CREATE INDEX messages_carrier ON messages (carrier_id) WHERE carrier_id <> '';

-- One-time links, found by the hash of their token.
CREATE TABLE links (
    token_hash bytea PRIMARY KEY,
    purpose    text NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX links_account ON links (account_id);
