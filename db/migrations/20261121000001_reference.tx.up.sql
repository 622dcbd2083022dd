-- What everyone refers to: colleges, their identity providers, policy documents,
-- challenge questions and services. Rows come from db/reference at migration.

CREATE TABLE colleges (
    code           text PRIMARY KEY,
    position       integer NOT NULL,
    name_en        text NOT NULL,
    name_fr        text NOT NULL,
    short_en       text NOT NULL,
    short_fr       text NOT NULL,
    rid_system     text NOT NULL,
    number_pattern text NOT NULL,
    number_example text NOT NULL,
    number_known   boolean NOT NULL,
    registry_feed  boolean NOT NULL,
    contact        jsonb                -- whom to call: only for colleges that hand over
);

-- A college that hands identities over: its SAML identity provider as we trust it.
CREATE TABLE college_providers (
    college           text PRIMARY KEY REFERENCES colleges (code),
    entity_id         text NOT NULL UNIQUE,
    metadata          bytea NOT NULL,
    -- Trust is never nullable: an enabled college has at least one pinned key.
    certificates      bytea[] NOT NULL,
    mapping           jsonb NOT NULL,
    portal_url        text NOT NULL,
    enabled           boolean NOT NULL,
    -- An unsolicited response is answered with a request of ours, unless this
    -- says otherwise. It is never believed by itself.
    bounce_unsolicited boolean NOT NULL DEFAULT true,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT enabled_has_keys CHECK (NOT enabled OR cardinality(certificates) > 0)
);

-- Policies are versioned; an acceptance names version and hash.
CREATE TABLE documents (
    name        text NOT NULL,
    version     text NOT NULL,
    language    text NOT NULL CHECK (language IN ('en', 'fr')),
    title       text NOT NULL,
    body        text NOT NULL,
    sha256      bytea NOT NULL,
    in_force_at timestamptz NOT NULL,
    PRIMARY KEY (name, version, language)
);

CREATE TABLE challenge_questions (
    id       text PRIMARY KEY,
    kind     text NOT NULL CHECK (kind IN ('online', 'desk')),
    position integer NOT NULL,
    text_en  text NOT NULL,
    text_fr  text NOT NULL,
    weak     text[] NOT NULL,
    offered  boolean NOT NULL DEFAULT true
);

-- A service that people open with their account.
CREATE TABLE services (
    id             text PRIMARY KEY,
    position       integer NOT NULL DEFAULT 1000,
    name_en        text NOT NULL,
    name_fr        text NOT NULL,
    tagline_en     text NOT NULL DEFAULT '',
    tagline_fr     text NOT NULL DEFAULT '',
    who_en         text NOT NULL DEFAULT '',
    who_fr         text NOT NULL DEFAULT '',
    start_url      text NOT NULL DEFAULT '',
    -- everyone: any active account; licence: any active licence of the college; named: enrolled people.
    rule           text NOT NULL CHECK (rule IN ('everyone', 'licence', 'named')),
    rule_college   text REFERENCES colleges (code),
    minimum        text NOT NULL DEFAULT 'knowledge' CHECK (minimum IN ('knowledge', 'possession', 'passkey')),
    contact        text NOT NULL DEFAULT '',
    enabled        boolean NOT NULL DEFAULT true,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT licence_names_a_college CHECK (rule <> 'licence' OR rule_college IS NOT NULL)
);

-- The SAML service provider of a service, from its metadata.
CREATE TABLE service_providers (
    entity_id        text PRIMARY KEY CHECK (length(entity_id) <= 256),
    service_id       text NOT NULL UNIQUE REFERENCES services (id),
    metadata         bytea NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    signed_requests  text NOT NULL DEFAULT 'when_present' CHECK (signed_requests IN ('off', 'when_present', 'required')),
    name_id_format   text NOT NULL,
    release          jsonb NOT NULL,   -- which attributes, under which names
    valid_until      timestamptz,
    enabled          boolean NOT NULL DEFAULT true,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL
);
