-- People: accounts and everything they prove themselves with. Columns of type
-- bytea that hold personal data are sealed outside the database (SECURITY.md 5.5).

CREATE TABLE data_keys (
    scope       text NOT NULL,
    version     integer NOT NULL,
    key_version integer NOT NULL,        -- which key-encryption key wraps it
    wrapped     bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (scope, version)
);

CREATE TABLE accounts (
    id                uuid PRIMARY KEY,
    subject           text NOT NULL UNIQUE,  -- permanent key, 32 hex digits, never reassigned
    login_id          text NOT NULL UNIQUE,  -- without the domain, upper case
    status            text NOT NULL CHECK (status IN ('pending', 'active', 'suspended', 'frozen', 'closed', 'merged')),
    status_at         timestamptz NOT NULL,
    language          text NOT NULL CHECK (language IN ('en', 'fr')),
    person            bytea NOT NULL,        -- sealed: title, names, gender, birth date
    email             bytea NOT NULL,        -- sealed
    email_index       bytea NOT NULL,        -- several accounts may share an address: never a key
    email_verified_at timestamptz,
    contact_phone     bytea NOT NULL,        -- sealed, with extension
    person_index      bytea NOT NULL,        -- folded legal name + birth date: finds twins, never a key
    second_factor     boolean NOT NULL DEFAULT true, -- false only for load runs
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL
);
CREATE INDEX accounts_email ON accounts (email_index);
CREATE INDEX accounts_person ON accounts (person_index);

-- Every login ID ever given. Rows are never deleted, so none is reissued.
CREATE TABLE login_ids (
    login_id   text PRIMARY KEY,
    base       text NOT NULL,
    suffix     integer NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (base, suffix)
);

CREATE TABLE passwords (
    account_id     uuid PRIMARY KEY REFERENCES accounts (id),
    hash           text NOT NULL,
    pepper_version integer NOT NULL,
    set_at         timestamptz NOT NULL,
    temporary      boolean NOT NULL DEFAULT false
);

CREATE TABLE password_history (
    account_id     uuid NOT NULL REFERENCES accounts (id),
    set_at         timestamptz NOT NULL,
    hash           text NOT NULL,
    pepper_version integer NOT NULL,
    PRIMARY KEY (account_id, set_at)
);

CREATE TABLE challenge_answers (
    account_id     uuid NOT NULL REFERENCES accounts (id),
    kind           text NOT NULL CHECK (kind IN ('online', 'desk')),
    position       integer NOT NULL,
    question_id    text NOT NULL REFERENCES challenge_questions (id),
    hash           text NOT NULL,
    pepper_version integer NOT NULL,
    normaliser     integer NOT NULL,
    set_at         timestamptz NOT NULL,
    PRIMARY KEY (account_id, kind, position),
    UNIQUE (account_id, question_id)
);

CREATE TABLE challenge_phones (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES accounts (id),
    position     integer NOT NULL CHECK (position BETWEEN 1 AND 3),
    number       bytea NOT NULL,           -- sealed, E.164
    number_index bytea NOT NULL,
    last_two     text NOT NULL,
    method       text NOT NULL CHECK (method IN ('text', 'call')),
    confirmed_at timestamptz,
    created_at   timestamptz NOT NULL,
    UNIQUE (account_id, position),
    UNIQUE (account_id, number_index)
);

CREATE TABLE designations (
    id            uuid PRIMARY KEY,
    account_id    uuid NOT NULL REFERENCES accounts (id),
    college       text NOT NULL REFERENCES colleges (code),
    number        bytea NOT NULL,          -- sealed
    number_index  bytea NOT NULL,
    class         text NOT NULL DEFAULT '',
    -- evidence: the college handed it over; legacy: carried over from before;
    -- stated: typed by the person and never released as verified.
    source        text NOT NULL CHECK (source IN ('evidence', 'legacy', 'stated')),
    status        text NOT NULL CHECK (status IN ('active', 'inactive', 'suspended', 'expired', 'resigned', 'revoked', 'unverified')),
    checked_at    timestamptz NOT NULL,
    UNIQUE (account_id, college)
);
CREATE INDEX designations_number ON designations (college, number_index);
-- One registration per licence. Legacy data has several accounts per licence,
-- so only rows that come from evidence are unique; registering also looks for
-- legacy rows under a lock.
CREATE UNIQUE INDEX designations_one_registration ON designations (college, number_index) WHERE source = 'evidence';

CREATE TABLE agreements (
    account_id  uuid NOT NULL REFERENCES accounts (id),
    name        text NOT NULL,
    version     text NOT NULL,
    language    text NOT NULL,
    sha256      bytea NOT NULL,
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, name, version)
);

CREATE TABLE enrolments (
    account_id uuid NOT NULL REFERENCES accounts (id),
    service_id text NOT NULL REFERENCES services (id),
    status     text NOT NULL CHECK (status IN ('active', 'suspended', 'ended')),
    status_at  timestamptz NOT NULL,
    reason     text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, service_id)
);

CREATE TABLE staff_roles (
    account_id uuid NOT NULL REFERENCES accounts (id),
    role       text NOT NULL CHECK (role IN ('service-desk', 'registration-agent', 'service-administrator', 'auditor')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, role)
);
