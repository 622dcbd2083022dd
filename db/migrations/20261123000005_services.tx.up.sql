-- What operators of services need: metadata as it came in and as it was, where
-- it is fetched from, and what was seen of a service's exchanges.

-- While this lies ahead, the service's exchanges are recorded for its operators.
ALTER TABLE service_providers ADD COLUMN recording_until timestamptz;

-- Metadata that somebody brought and has not decided about.
CREATE TABLE metadata_imports (
    id         uuid PRIMARY KEY,
    document   bytea NOT NULL,
    source     text NOT NULL CHECK (source IN ('upload', 'paste', 'address')),
    address    text NOT NULL DEFAULT '',
    signer     text NOT NULL DEFAULT '',   -- fingerprint of the key that signed it, when one was named
    made_by    text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX metadata_imports_expires ON metadata_imports (expires_at);

-- Every metadata a service has had or is about to have. At most one is in force
-- and one waits; what was in force stays, so that it can be gone back to.
CREATE TABLE metadata_versions (
    entity_id   text NOT NULL CHECK (length(entity_id) <= 256),
    number      integer NOT NULL,
    service_id  text NOT NULL REFERENCES services (id),
    document    bytea NOT NULL,
    source      text NOT NULL CHECK (source IN ('upload', 'paste', 'address', 'schedule', 'shell', 'before')),
    address     text NOT NULL DEFAULT '',
    signer      text NOT NULL DEFAULT '',
    state       text NOT NULL CHECK (state IN ('waiting', 'current', 'past', 'withdrawn')),
    scheduled   boolean NOT NULL DEFAULT false,  -- once in force, it is fetched from its address again and again
    start_url   text NOT NULL DEFAULT '',  -- where people open the service from then on; empty leaves it
    changes     jsonb NOT NULL DEFAULT '[]',
    proposed_by text NOT NULL,             -- an account, "cli" or "system"
    proposed_at timestamptz NOT NULL,
    decided_by  text NOT NULL DEFAULT '',
    decided_at  timestamptz,
    PRIMARY KEY (entity_id, number),
    CONSTRAINT nobody_decides_alone CHECK (state <> 'current' OR decided_by <> '')
);
CREATE UNIQUE INDEX metadata_versions_current ON metadata_versions (entity_id) WHERE state = 'current';
CREATE UNIQUE INDEX metadata_versions_waiting ON metadata_versions (entity_id) WHERE state = 'waiting';

INSERT INTO metadata_versions (entity_id, number, service_id, document, source, state, proposed_by, proposed_at, decided_by, decided_at)
SELECT entity_id, 1, service_id, metadata, 'shell', 'current', 'cli', created_at, 'cli', updated_at FROM service_providers;

-- Where a service's metadata is fetched from, on a schedule, and how that went.
CREATE TABLE metadata_sources (
    entity_id  text PRIMARY KEY REFERENCES service_providers (entity_id),
    address    text NOT NULL,
    signer     text NOT NULL DEFAULT '',   -- only metadata signed by this key is taken; empty takes what TLS vouches for
    etag       text NOT NULL DEFAULT '',
    modified   text NOT NULL DEFAULT '',
    due_at     timestamptz NOT NULL,
    checked_at timestamptz,
    trouble    text NOT NULL DEFAULT '',
    trouble_since timestamptz
);
CREATE INDEX metadata_sources_due ON metadata_sources (due_at);

-- What passed between a service and us while somebody was looking. Personal data
-- is masked before it is written; all of it goes after a day.
CREATE TABLE exchanges (
    id         uuid PRIMARY KEY,
    entity_id  text NOT NULL,
    request_id text NOT NULL DEFAULT '',
    binding    text NOT NULL DEFAULT '',
    raw        text NOT NULL,              -- the request as it came, to be judged again; empty where it could tell of a person
    document   text NOT NULL,              -- the request, masked
    verdict    text NOT NULL,              -- the refusal's code, or empty
    checks     jsonb NOT NULL DEFAULT '[]',
    answer     text NOT NULL DEFAULT '',   -- the assertion or the refusal, masked
    reasons    jsonb NOT NULL DEFAULT '[]',
    at         timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX exchanges_service ON exchanges (entity_id, at);
CREATE INDEX exchanges_expires ON exchanges (expires_at);

-- Sign-ins by the hour, counted from the audit trail once an hour is over.
CREATE TABLE service_hours (
    service_id text NOT NULL REFERENCES services (id),
    hour       timestamptz NOT NULL,
    reason     text NOT NULL,              -- empty for a success
    count      integer NOT NULL,
    PRIMARY KEY (service_id, hour, reason)
);
CREATE INDEX service_hours_hour ON service_hours (hour);

-- Warnings mailed to a service's technical contact: each goes out once.
CREATE TABLE service_warnings (
    entity_id text NOT NULL REFERENCES service_providers (entity_id),
    about     text NOT NULL,
    sent_at   timestamptz NOT NULL,
    PRIMARY KEY (entity_id, about)
);
