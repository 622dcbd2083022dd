-- Our own keys toward services: certificates and where each key is in its life.
-- Private parts are never here; place says where a node finds them.
CREATE TABLE saml_keys (
    id           text PRIMARY KEY,
    use          text NOT NULL CHECK (use IN ('signing', 'encryption', 'metadata')),
    algorithm    text NOT NULL CHECK (algorithm IN ('rsa', 'ec')),
    state        text NOT NULL CHECK (state IN ('next', 'current', 'retiring', 'retired')),
    place        text NOT NULL,               -- file:NAME below the key folder, or pkcs11:…
    certificate  bytea NOT NULL,
    fingerprint  text NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL,        -- published since, where its use is published
    current_at   timestamptz,
    retiring_at  timestamptz,
    retired_at   timestamptz
);
CREATE UNIQUE INDEX saml_keys_current ON saml_keys (use, algorithm) WHERE state = 'current';
CREATE UNIQUE INDEX saml_keys_next ON saml_keys (use, algorithm) WHERE state = 'next';

-- One row, whose version rises with every change: nodes keep what they have
-- opened for as long as it stays. Its lock puts changes in a row.
CREATE TABLE saml_keyring (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    version    bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
INSERT INTO saml_keyring (version, changed_at) VALUES (1, '2000-01-01');

-- Per service: a key other than the current one, until when; the address by
-- which it fetches our metadata, and when it last did or said that it had.
ALTER TABLE service_providers
    ADD COLUMN signing_key text REFERENCES saml_keys (id),
    ADD COLUMN keep_old_until timestamptz,
    ADD COLUMN metadata_token text NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', '') UNIQUE,
    ADD COLUMN metadata_fetched_at timestamptz,
    ADD COLUMN keys_confirmed_at timestamptz;
