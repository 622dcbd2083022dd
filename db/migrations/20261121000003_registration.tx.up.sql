-- The hand-over from a college and the registration that follows it.

-- An AuthnRequest of ours, bound to the browser that started it.
CREATE TABLE college_requests (
    id         text PRIMARY KEY,           -- the SAML request ID
    college    text NOT NULL REFERENCES colleges (code),
    browser    bytea NOT NULL,             -- hash of the cookie that must come back
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX college_requests_expires ON college_requests (expires_at);

-- A posted Response waits here until the browser asks again with its cookie: a
-- cross-site POST carries none.
CREATE TABLE college_responses (
    token       bytea PRIMARY KEY,         -- hash of the one-time address
    college     text NOT NULL REFERENCES colleges (code),
    message     bytea NOT NULL,            -- sealed, as received
    received_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX college_responses_expires ON college_responses (expires_at);

CREATE TABLE drafts (
    id           uuid PRIMARY KEY,
    college      text NOT NULL REFERENCES colleges (code),
    number_index bytea NOT NULL,
    data         bytea NOT NULL,           -- sealed: the evidence's facts and every answer
    version      integer NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    account_id   uuid REFERENCES accounts (id) -- set by Finish, with the data emptied
);
-- One open registration per licence.
CREATE UNIQUE INDEX drafts_open ON drafts (college, number_index) WHERE account_id IS NULL;
CREATE INDEX drafts_expires ON drafts (expires_at);

-- What a college signed. The row's insertion is the one-time use.
CREATE TABLE evidences (
    id              uuid PRIMARY KEY,
    college         text NOT NULL REFERENCES colleges (code),
    issuer          text NOT NULL,
    assertion_id    text NOT NULL,
    request_id      text NOT NULL,
    number_index    bytea NOT NULL,
    message         bytea NOT NULL,        -- sealed: the signed XML, re-verifiable
    sha256          bytea NOT NULL,
    key_fingerprint text NOT NULL,
    algorithm       text NOT NULL,
    issued_at       timestamptz NOT NULL,
    consented_at    timestamptz,
    received_at     timestamptz NOT NULL,
    draft_id        uuid,
    account_id      uuid REFERENCES accounts (id),
    UNIQUE (issuer, assertion_id)
);
CREATE INDEX evidences_draft ON evidences (draft_id);
CREATE INDEX evidences_account ON evidences (account_id);

-- A one-time code on its way. The code is an HMAC of the nonce, so nothing
-- readable is stored (SECURITY.md 5.2).
CREATE TABLE codes (
    id           uuid PRIMARY KEY,
    purpose      text NOT NULL,
    draft_id     uuid REFERENCES drafts (id) ON DELETE CASCADE,
    account_id   uuid REFERENCES accounts (id),
    session      bytea,                    -- the session it belongs to
    number       bytea NOT NULL,           -- sealed, E.164
    number_index bytea NOT NULL,
    method       text NOT NULL CHECK (method IN ('text', 'call')),
    nonce        bytea NOT NULL,
    digit        integer,                  -- what a call asks to press
    tries        integer NOT NULL DEFAULT 0,
    sends        integer NOT NULL DEFAULT 1,
    state        text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'passed', 'failed', 'undelivered')),
    created_at   timestamptz NOT NULL,
    sent_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX codes_draft ON codes (draft_id);
CREATE INDEX codes_expires ON codes (expires_at);
