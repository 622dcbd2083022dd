-- How a person is known again: devices, networks, passkeys, recovery codes.

ALTER TABLE accounts
    ADD COLUMN recovered_at timestamptz,          -- the last password reset by recovery: cools changes for a day
    ADD COLUMN passkey_offered_at timestamptz;    -- a passkey is offered at most once in 30 days

-- A browser that its person chose to be remembered. The cookie's secret changes
-- at each use; the one before is kept to tell a copy from a lost answer.
CREATE TABLE devices (
    id            uuid PRIMARY KEY,
    account_id    uuid NOT NULL REFERENCES accounts (id),
    token_hash    bytea NOT NULL UNIQUE,
    previous_hash bytea UNIQUE,
    rotated_at    timestamptz NOT NULL,
    name          text NOT NULL,                  -- browser and system, or what the person calls it
    created_at    timestamptz NOT NULL,
    used_at       timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    ended_why     text NOT NULL DEFAULT ''
);
CREATE INDEX devices_account ON devices (account_id) WHERE ended_at IS NULL;

-- Networks (/24 or /56, hashed) that an account signed in from.
CREATE TABLE known_networks (
    account_id uuid NOT NULL REFERENCES accounts (id),
    network    bytea NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (account_id, network)
);

CREATE TABLE passkeys (
    id            uuid PRIMARY KEY,
    account_id    uuid NOT NULL REFERENCES accounts (id),
    credential_id bytea NOT NULL UNIQUE,
    credential    jsonb NOT NULL,                 -- as the WebAuthn library keeps it; holds no secret
    name          text NOT NULL,
    synced        boolean NOT NULL,
    created_at    timestamptz NOT NULL,
    used_at       timestamptz,
    ended_at      timestamptz,
    ended_why     text NOT NULL DEFAULT ''
);
CREATE INDEX passkeys_account ON passkeys (account_id) WHERE ended_at IS NULL;

-- A WebAuthn exchange under way: single use, five minutes.
CREATE TABLE passkey_exchanges (
    token_hash bytea PRIMARY KEY,
    purpose    text NOT NULL CHECK (purpose IN ('add', 'signin', 'challenge', 'recovery')),
    account_id uuid REFERENCES accounts (id),
    browser    bytea NOT NULL,
    state      jsonb NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_exchanges_expires ON passkey_exchanges (expires_at);

CREATE TABLE recovery_codes (
    account_id     uuid NOT NULL REFERENCES accounts (id),
    position       integer NOT NULL CHECK (position BETWEEN 1 AND 10),
    hash           bytea NOT NULL,                -- keyed: the codes are random, not chosen
    used_at        timestamptz,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (account_id, position)
);

-- Wrong answers to online questions, one budget for every flow that asks them
-- (SECURITY.md 1.5). A stranger's guesses count under an id derived from what
-- was typed, so that waiting tells nobody anything: no foreign key.
CREATE TABLE question_budgets (
    account_id uuid PRIMARY KEY,
    failures   integer NOT NULL,                  -- since the last success
    recent     timestamptz[] NOT NULL,            -- of the last 24 hours
    wait_until timestamptz,
    asked      text[] NOT NULL DEFAULT '{}',      -- the two asked until one check succeeds
    off        boolean NOT NULL DEFAULT false
);

-- A recovery under way. One without an account is a stranger's: it looks the
-- same from outside and never ends well.
CREATE TABLE recoveries (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('login_id', 'password')),
    account_id  uuid REFERENCES accounts (id),
    stand_in    uuid NOT NULL,                    -- what limits count by: the account's id or one derived from the input
    browser     bytea NOT NULL,
    questions   text[] NOT NULL,
    proofs      jsonb NOT NULL,                   -- which kinds were given, when
    code_id     uuid,
    state       text NOT NULL CHECK (state IN ('open', 'proven', 'desk', 'done', 'ended')),
    reference   text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX recoveries_account ON recoveries (account_id);
CREATE INDEX recoveries_expires ON recoveries (expires_at);
CREATE UNIQUE INDEX recoveries_reference ON recoveries (reference);

-- Links may belong to a recovery, and a "this was not me" to what it answers.
ALTER TABLE links ADD COLUMN recovery_id uuid REFERENCES recoveries (id);
ALTER TABLE links ADD COLUMN about text NOT NULL DEFAULT '';
ALTER TABLE codes ADD COLUMN recovery_id uuid REFERENCES recoveries (id);

-- When reminders of a password's end were sent: days before the end.
CREATE TABLE password_reminders (
    account_id uuid NOT NULL REFERENCES accounts (id),
    set_at     timestamptz NOT NULL,              -- of the password it is about
    days       integer NOT NULL,
    sent_at    timestamptz NOT NULL,
    PRIMARY KEY (account_id, set_at, days)
);
