-- Sessions, pending sign-ins toward a service, and what was issued.

CREATE TABLE sessions (
    token_hash  text PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('anonymous', 'registration', 'account')),
    account_id  uuid REFERENCES accounts (id),
    draft_id    uuid,
    data        bytea NOT NULL,
    address     text NOT NULL DEFAULT '',
    agent       text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    idle_until  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz,               -- an ended row stays a while, so that a
    ended_why   text NOT NULL DEFAULT ''   -- request in flight can't bring it back
);
CREATE INDEX sessions_account ON sessions (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX sessions_draft ON sessions (draft_id) WHERE draft_id IS NOT NULL;
CREATE INDEX sessions_expires ON sessions (expires_at);

-- A sign-in on its way to a service. Facts of the request are judged once, on
-- arrival, and kept.
CREATE TABLE journeys (
    id           text PRIMARY KEY,
    service_id   text NOT NULL REFERENCES services (id),
    entity_id    text NOT NULL,
    request_id   text,                     -- null for a launch of our own
    request      jsonb NOT NULL,
    browser      bytea,                    -- bound at the first visit
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    answered_at  timestamptz,
    UNIQUE (entity_id, request_id)
);
CREATE INDEX journeys_expires ON journeys (expires_at);

-- The name a service knows a person by: opaque, one per service, never reassigned.
CREATE TABLE name_ids (
    account_id uuid NOT NULL REFERENCES accounts (id),
    entity_id  text NOT NULL,
    value      text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, entity_id),
    UNIQUE (entity_id, value)
);

-- Every assertion, written down in the transaction that issues it.
CREATE TABLE assertions (
    id           text PRIMARY KEY,         -- the assertion's ID
    response_id  text NOT NULL,
    journey_id   text NOT NULL,
    account_id   uuid NOT NULL REFERENCES accounts (id),
    service_id   text NOT NULL REFERENCES services (id),
    entity_id    text NOT NULL,
    session      text NOT NULL,            -- hash of the session's token
    session_index text NOT NULL,
    name_id      text NOT NULL,
    context      text NOT NULL,
    attributes   text[] NOT NULL,          -- names only
    sha256       bytea NOT NULL,
    key_fingerprint text NOT NULL,
    issued_at    timestamptz NOT NULL
);
CREATE INDEX assertions_account ON assertions (account_id, issued_at);
CREATE INDEX assertions_session ON assertions (session);

-- Tries against an account's password, one lane for devices we know and one for
-- all others, so that strangers can't keep the owner out (SECURITY.md 5.2). An
-- unknown login ID climbs the same ladder under an id derived from it, so that
-- waiting tells nobody whether an account exists: no foreign key.
CREATE TABLE signin_lanes (
    account_id uuid NOT NULL,
    lane       text NOT NULL CHECK (lane IN ('known', 'unknown')),
    failures   integer NOT NULL,           -- consecutive
    wait_until timestamptz,
    PRIMARY KEY (account_id, lane)
);

-- Counted windows, shared by all nodes. Lost in a crash, which only forgives.
CREATE UNLOGGED TABLE counters (
    key        bytea NOT NULL,
    window_at  timestamptz NOT NULL,
    count      integer NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (key, window_at)
);
CREATE INDEX counters_expires ON counters (expires_at);

-- Bans with a growing length, and spray alarms on a network.
CREATE UNLOGGED TABLE waits (
    key        bytea PRIMARY KEY,
    until      timestamptz NOT NULL,
    level      integer NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Which accounts failed from which network: finds spraying.
CREATE UNLOGGED TABLE failed_accounts (
    network    bytea NOT NULL,
    account    bytea NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (network, account)
);
