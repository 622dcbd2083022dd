-- How each service is treated becomes one policy, which a preset fills in.

ALTER TABLE service_providers ADD COLUMN policy jsonb;

-- Services that are there keep their names, their request rule and exactly the
-- facts they were released.
UPDATE service_providers SET policy = jsonb_build_object(
    'preset', 'ontario', 'sign', 'both', 'signature_algorithm', 'rsa-sha256', 'encrypt', 'when_possible',
    'requests', signed_requests, 'expired_keys', true,
    'name_ids', CASE name_id_format
        WHEN 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
        THEN '["urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"]'::jsonb
        ELSE '["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"]'::jsonb END,
    'subject_id', 'none', 'vocabulary', 'saml', 'session_ends', true,
    'name_format', 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'release', coalesce(release -> 'attributes', '[]'::jsonb));

ALTER TABLE service_providers ALTER COLUMN policy SET NOT NULL;
ALTER TABLE service_providers DROP COLUMN signed_requests, DROP COLUMN name_id_format, DROP COLUMN release;

-- Everyone is shown once what a service receives.
UPDATE service_providers SET policy = policy || '{"notice": true}';

-- Under whose authority people work. One of type Person is a custodian who is
-- nobody's organization: its identifier is a college's licence.
CREATE TABLE organizations (
    id          text PRIMARY KEY,
    kind        text NOT NULL,               -- hospital, clinic, pharmacy …: for people to read
    name_en     text NOT NULL,
    name_fr     text NOT NULL,
    town        text NOT NULL DEFAULT '',
    uao         text NOT NULL UNIQUE,        -- as services are told it
    uao_type    text NOT NULL CHECK (uao_type IN ('Organization', 'Person')),
    responsible text NOT NULL DEFAULT '',    -- its legally responsible person
    phone       text NOT NULL DEFAULT '',
    lra_email   text NOT NULL DEFAULT '',
    enabled     boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);

-- Services that an organization signed for.
CREATE TABLE organization_services (
    organization_id text NOT NULL REFERENCES organizations (id),
    service_id      text NOT NULL REFERENCES services (id),
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, service_id)
);

-- An organization answers for a person.
CREATE TABLE sponsorships (
    account_id      uuid NOT NULL REFERENCES accounts (id),
    organization_id text NOT NULL REFERENCES organizations (id),
    status          text NOT NULL CHECK (status IN ('active', 'suspended', 'ended')),
    status_at       timestamptz NOT NULL,
    reason          text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (account_id, organization_id)
);
CREATE INDEX sponsorships_organization ON sponsorships (organization_id);

-- What a sponsored person may do in a service on the organization's authority.
CREATE TABLE entitlements (
    account_id      uuid NOT NULL,
    organization_id text NOT NULL,
    service_id      text NOT NULL,
    roles           text[] NOT NULL DEFAULT '{}',
    grants          jsonb NOT NULL DEFAULT '[]', -- [{"name", "attribute": [{"name", "value"}]}], as services are told them
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (account_id, organization_id, service_id),
    FOREIGN KEY (account_id, organization_id) REFERENCES sponsorships (account_id, organization_id),
    FOREIGN KEY (organization_id, service_id) REFERENCES organization_services (organization_id, service_id)
);
CREATE INDEX entitlements_service ON entitlements (account_id, service_id);

-- Which of several authorities a person used last in a service, and whether to
-- ask again.
CREATE TABLE authority_choices (
    account_id      uuid NOT NULL REFERENCES accounts (id),
    service_id      text NOT NULL REFERENCES services (id),
    organization_id text NOT NULL REFERENCES organizations (id),
    remembered      boolean NOT NULL,
    chosen_at       timestamptz NOT NULL,
    PRIMARY KEY (account_id, service_id)
);

-- What people were shown before it was first sent. Rows are added, never
-- changed: they are the receipts in My Profile.
CREATE TABLE release_receipts (
    id          uuid PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES accounts (id),
    service_id  text NOT NULL REFERENCES services (id),
    entity_id   text NOT NULL,
    kinds       text[] NOT NULL,             -- what the notice listed
    attributes  text[] NOT NULL,             -- under these names
    language    text NOT NULL CHECK (language IN ('en', 'fr')),
    accepted_at timestamptz NOT NULL
);
CREATE INDEX release_receipts_account ON release_receipts (account_id, service_id, accepted_at);

-- Who operates a service, and under which authority it receives what it does.
ALTER TABLE services
    ADD COLUMN operator_en  text NOT NULL DEFAULT '',
    ADD COLUMN operator_fr  text NOT NULL DEFAULT '',
    ADD COLUMN authority_en text NOT NULL DEFAULT '',
    ADD COLUMN authority_fr text NOT NULL DEFAULT '';

-- A journey knows who was signed in when it began and who confirmed it, the
-- authority chosen for it, and since when the person has to have proven who they
-- are. A request to be forced counts from when it came.
ALTER TABLE journeys
    ADD COLUMN account_id      uuid,
    ADD COLUMN confirmed_by    uuid,
    ADD COLUMN organization_id text REFERENCES organizations (id),
    ADD COLUMN prove_after     timestamptz;
UPDATE journeys SET prove_after = created_at WHERE request -> 'forceAuthn' = 'true';

-- The ledger also keeps the assertion's own digest, how it was protected, and
-- the authority in it.
ALTER TABLE assertions
    ADD COLUMN assertion_sha256 bytea NOT NULL DEFAULT '',
    ADD COLUMN algorithm        text NOT NULL DEFAULT '',
    ADD COLUMN encryption       text NOT NULL DEFAULT '',
    ADD COLUMN organization_id  text NOT NULL DEFAULT '';

-- A group of services shares its names: what name_ids calls an entity is then
-- "group " and the group's name, which no entity ID can be.

-- A sign-on would lock the row of its service, the same for everyone, and of its
-- account for each of these. Nothing ever deletes either.
ALTER TABLE journeys DROP CONSTRAINT journeys_service_id_fkey;
ALTER TABLE assertions DROP CONSTRAINT assertions_account_id_fkey, DROP CONSTRAINT assertions_service_id_fkey;

-- A request is answered once, whether its journey was kept or it was answered at
-- once: the ledger itself sees to it.
ALTER TABLE assertions ADD COLUMN request_id text;
UPDATE assertions a SET request_id = j.request_id FROM journeys j WHERE j.id = a.journey_id;
CREATE UNIQUE INDEX assertions_request ON assertions (entity_id, request_id);
