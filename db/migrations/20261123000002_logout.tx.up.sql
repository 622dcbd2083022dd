-- Single logout: a session's name, by which its assertions are found, and what
-- became of telling each service.

-- The name stays through every renewal of the token. Sessions from before have
-- none: they are only ended as before, and none lives longer than a day.
ALTER TABLE sessions ADD COLUMN name text NOT NULL DEFAULT '';
CREATE INDEX sessions_name ON sessions (name) WHERE name <> '';

-- A service is asked to log out by the whole name that it was given.
ALTER TABLE assertions
    ADD COLUMN name_id_format text NOT NULL DEFAULT '',
    ADD COLUMN name_qualifier text NOT NULL DEFAULT '',
    ADD COLUMN sp_name_qualifier text NOT NULL DEFAULT '';
CREATE INDEX assertions_name_id ON assertions (name_id, issued_at);

-- One logout of a person, everywhere.
CREATE TABLE logouts (
    id           text PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES accounts (id),
    cause        text NOT NULL CHECK (cause IN ('person', 'service', 'event')),
    sessions     text[] NOT NULL,          -- their names
    entity_id    text,                     -- the service that asked
    request_id   text,
    request      jsonb,                    -- what it asked, judged on arrival
    event        text UNIQUE,              -- the session that something else ended
    onward       text NOT NULL DEFAULT '', -- the page of ours that comes after
    browser      bytea,                    -- bound at the first visit
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,     -- after this no browser carries it on
    finished_at  timestamptz,
    UNIQUE (entity_id, request_id)
);
CREATE INDEX logouts_account ON logouts (account_id);
CREATE INDEX logouts_expires ON logouts (expires_at);

-- The services to tell, each under one name it knows the person by.
CREATE TABLE logout_parties (
    logout_id    text NOT NULL REFERENCES logouts (id) ON DELETE CASCADE,
    position     integer NOT NULL,
    service_id   text NOT NULL REFERENCES services (id),
    entity_id    text NOT NULL,
    name_id      text NOT NULL,
    name_id_format text NOT NULL,
    name_qualifier text NOT NULL,
    sp_name_qualifier text NOT NULL,
    session_indexes text[] NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'asked', 'confirmed', 'refused', 'no_answer', 'cannot')),
    request_id   text,                     -- of the latest request sent
    tries        integer NOT NULL DEFAULT 0,
    state_at     timestamptz NOT NULL,
    PRIMARY KEY (logout_id, position)
);
CREATE UNIQUE INDEX logout_parties_request ON logout_parties (request_id) WHERE request_id IS NOT NULL;
