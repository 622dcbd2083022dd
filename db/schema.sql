-- The schema that the migrations make, without the job queue's tables. Written by
-- the test of this folder: go test ./db -run Schema -update

CREATE TABLE accounts (
    id uuid NOT NULL,
    subject text NOT NULL,
    login_id text NOT NULL,
    status text NOT NULL,
    status_at timestamp with time zone NOT NULL,
    language text NOT NULL,
    person bytea NOT NULL,
    email bytea NOT NULL,
    email_index bytea NOT NULL,
    email_verified_at timestamp with time zone,
    contact_phone bytea NOT NULL,
    person_index bytea NOT NULL,
    second_factor boolean NOT NULL DEFAULT true,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    recovered_at timestamp with time zone,
    passkey_offered_at timestamp with time zone,
    preferred_index bytea,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text]))),
    CONSTRAINT accounts_login_id_key UNIQUE (login_id),
    CONSTRAINT accounts_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text, 'frozen'::text, 'closed'::text, 'merged'::text]))),
    CONSTRAINT accounts_subject_key UNIQUE (subject)
);
CREATE INDEX accounts_email ON accounts USING btree (email_index);
CREATE INDEX accounts_person ON accounts USING btree (person_index);
CREATE INDEX accounts_preferred ON accounts USING btree (preferred_index);

CREATE TABLE agreements (
    account_id uuid NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    sha256 bytea NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    CONSTRAINT agreements_pkey PRIMARY KEY (account_id, name, version),
    CONSTRAINT agreements_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id)
);

CREATE TABLE assertions (
    id text NOT NULL,
    response_id text NOT NULL,
    journey_id text NOT NULL,
    account_id uuid NOT NULL,
    service_id text NOT NULL,
    entity_id text NOT NULL,
    session text NOT NULL,
    session_index text NOT NULL,
    name_id text NOT NULL,
    context text NOT NULL,
    attributes text[] NOT NULL,
    sha256 bytea NOT NULL,
    key_fingerprint text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    name_id_format text NOT NULL DEFAULT ''::text,
    name_qualifier text NOT NULL DEFAULT ''::text,
    sp_name_qualifier text NOT NULL DEFAULT ''::text,
    assertion_sha256 bytea NOT NULL DEFAULT '\x'::bytea,
    algorithm text NOT NULL DEFAULT ''::text,
    encryption text NOT NULL DEFAULT ''::text,
    organization_id text NOT NULL DEFAULT ''::text,
    request_id text,
    CONSTRAINT assertions_pkey PRIMARY KEY (id)
);
CREATE INDEX assertions_account ON assertions USING btree (account_id, issued_at);
CREATE INDEX assertions_name_id ON assertions USING btree (name_id, issued_at);
CREATE UNIQUE INDEX assertions_request ON assertions USING btree (entity_id, request_id);
CREATE INDEX assertions_session ON assertions USING btree (session);

CREATE TABLE audit_events (
    chain integer NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    subject text NOT NULL,
    service text NOT NULL,
    request_id text NOT NULL,
    address text NOT NULL,
    reference text NOT NULL,
    details text NOT NULL,
    key_version integer NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_events_kind ON audit_events USING btree (kind, at);
CREATE INDEX audit_events_reference ON audit_events USING btree (reference) WHERE (reference <> ''::text);
CREATE INDEX audit_events_subject ON audit_events USING btree (subject, at);
CREATE TRIGGER audit_events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE audit_heads (
    chain integer NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_heads_pkey PRIMARY KEY (chain),
    CONSTRAINT audit_heads_chain_check CHECK (((chain >= 0) AND (chain <= 7)))
);

CREATE TABLE authority_choices (
    account_id uuid NOT NULL,
    service_id text NOT NULL,
    organization_id text NOT NULL,
    remembered boolean NOT NULL,
    chosen_at timestamp with time zone NOT NULL,
    CONSTRAINT authority_choices_pkey PRIMARY KEY (account_id, service_id),
    CONSTRAINT authority_choices_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT authority_choices_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
    CONSTRAINT authority_choices_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id)
);

CREATE TABLE challenge_answers (
    account_id uuid NOT NULL,
    kind text NOT NULL,
    position integer NOT NULL,
    question_id text NOT NULL,
    hash text NOT NULL,
    pepper_version integer NOT NULL,
    normaliser integer NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT challenge_answers_pkey PRIMARY KEY (account_id, kind, "position"),
    CONSTRAINT challenge_answers_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT challenge_answers_account_id_question_id_key UNIQUE (account_id, question_id),
    CONSTRAINT challenge_answers_kind_check CHECK ((kind = ANY (ARRAY['online'::text, 'desk'::text]))),
    CONSTRAINT challenge_answers_question_id_fkey FOREIGN KEY (question_id) REFERENCES challenge_questions(id)
);

CREATE TABLE challenge_phones (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    position integer NOT NULL,
    number bytea NOT NULL,
    number_index bytea NOT NULL,
    last_two text NOT NULL,
    method text NOT NULL,
    confirmed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT challenge_phones_pkey PRIMARY KEY (id),
    CONSTRAINT challenge_phones_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT challenge_phones_account_id_number_index_key UNIQUE (account_id, number_index),
    CONSTRAINT challenge_phones_account_id_position_key UNIQUE (account_id, "position"),
    CONSTRAINT challenge_phones_method_check CHECK ((method = ANY (ARRAY['text'::text, 'call'::text]))),
    CONSTRAINT challenge_phones_position_check CHECK ((("position" >= 1) AND ("position" <= 3)))
);

CREATE TABLE challenge_questions (
    id text NOT NULL,
    kind text NOT NULL,
    position integer NOT NULL,
    text_en text NOT NULL,
    text_fr text NOT NULL,
    weak text[] NOT NULL,
    offered boolean NOT NULL DEFAULT true,
    CONSTRAINT challenge_questions_pkey PRIMARY KEY (id),
    CONSTRAINT challenge_questions_kind_check CHECK ((kind = ANY (ARRAY['online'::text, 'desk'::text])))
);

CREATE TABLE codes (
    id uuid NOT NULL,
    purpose text NOT NULL,
    draft_id uuid,
    account_id uuid,
    session bytea,
    number bytea NOT NULL,
    number_index bytea NOT NULL,
    method text NOT NULL,
    nonce bytea NOT NULL,
    digit integer,
    tries integer NOT NULL DEFAULT 0,
    sends integer NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'sent'::text,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    recovery_id uuid,
    CONSTRAINT codes_pkey PRIMARY KEY (id),
    CONSTRAINT codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT codes_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES drafts(id) ON DELETE CASCADE,
    CONSTRAINT codes_method_check CHECK ((method = ANY (ARRAY['text'::text, 'call'::text]))),
    CONSTRAINT codes_recovery_id_fkey FOREIGN KEY (recovery_id) REFERENCES recoveries(id),
    CONSTRAINT codes_state_check CHECK ((state = ANY (ARRAY['sent'::text, 'passed'::text, 'failed'::text, 'undelivered'::text])))
);
CREATE INDEX codes_account ON codes USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX codes_created ON codes USING btree (created_at);
CREATE INDEX codes_draft ON codes USING btree (draft_id);
CREATE INDEX codes_expires ON codes USING btree (expires_at);
CREATE INDEX codes_recovery ON codes USING btree (recovery_id) WHERE (recovery_id IS NOT NULL);

CREATE TABLE college_providers (
    college text NOT NULL,
    entity_id text NOT NULL,
    metadata bytea NOT NULL,
    certificates bytea[] NOT NULL,
    mapping jsonb NOT NULL,
    portal_url text NOT NULL,
    enabled boolean NOT NULL,
    bounce_unsolicited boolean NOT NULL DEFAULT true,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT college_providers_pkey PRIMARY KEY (college),
    CONSTRAINT college_providers_college_fkey FOREIGN KEY (college) REFERENCES colleges(code),
    CONSTRAINT college_providers_entity_id_key UNIQUE (entity_id),
    CONSTRAINT enabled_has_keys CHECK (((NOT enabled) OR (cardinality(certificates) > 0)))
);

CREATE TABLE college_requests (
    id text NOT NULL,
    college text NOT NULL,
    browser bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT college_requests_pkey PRIMARY KEY (id),
    CONSTRAINT college_requests_college_fkey FOREIGN KEY (college) REFERENCES colleges(code)
);
CREATE INDEX college_requests_expires ON college_requests USING btree (expires_at);

CREATE TABLE college_responses (
    token bytea NOT NULL,
    college text NOT NULL,
    message bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT college_responses_pkey PRIMARY KEY (token),
    CONSTRAINT college_responses_college_fkey FOREIGN KEY (college) REFERENCES colleges(code)
);
CREATE INDEX college_responses_expires ON college_responses USING btree (expires_at);

CREATE TABLE colleges (
    code text NOT NULL,
    position integer NOT NULL,
    name_en text NOT NULL,
    name_fr text NOT NULL,
    short_en text NOT NULL,
    short_fr text NOT NULL,
    rid_system text NOT NULL,
    number_pattern text NOT NULL,
    number_example text NOT NULL,
    number_known boolean NOT NULL,
    registry_feed boolean NOT NULL,
    contact jsonb,
    CONSTRAINT colleges_pkey PRIMARY KEY (code)
);

CREATE UNLOGGED TABLE counters (
    key bytea NOT NULL,
    window_at timestamp with time zone NOT NULL,
    count integer NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT counters_pkey PRIMARY KEY (key, window_at)
);
CREATE INDEX counters_expires ON counters USING btree (expires_at);

CREATE TABLE data_keys (
    scope text NOT NULL,
    version integer NOT NULL,
    key_version integer NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT data_keys_pkey PRIMARY KEY (scope, version)
);

CREATE TABLE designations (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    college text NOT NULL,
    number bytea NOT NULL,
    number_index bytea NOT NULL,
    class text NOT NULL DEFAULT ''::text,
    source text NOT NULL,
    status text NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    CONSTRAINT designations_pkey PRIMARY KEY (id),
    CONSTRAINT designations_account_id_college_key UNIQUE (account_id, college),
    CONSTRAINT designations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT designations_college_fkey FOREIGN KEY (college) REFERENCES colleges(code),
    CONSTRAINT designations_source_check CHECK ((source = ANY (ARRAY['evidence'::text, 'legacy'::text, 'stated'::text]))),
    CONSTRAINT designations_status_check CHECK ((status = ANY (ARRAY['active'::text, 'inactive'::text, 'suspended'::text, 'expired'::text, 'resigned'::text, 'revoked'::text, 'unverified'::text])))
);
CREATE INDEX designations_number ON designations USING btree (college, number_index);
CREATE UNIQUE INDEX designations_one_registration ON designations USING btree (college, number_index) WHERE (source = 'evidence'::text);

CREATE TABLE devices (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    previous_hash bytea,
    rotated_at timestamp with time zone NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_why text NOT NULL DEFAULT ''::text,
    CONSTRAINT devices_pkey PRIMARY KEY (id),
    CONSTRAINT devices_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT devices_previous_hash_key UNIQUE (previous_hash),
    CONSTRAINT devices_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX devices_account ON devices USING btree (account_id) WHERE (ended_at IS NULL);

CREATE TABLE documents (
    name text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    sha256 bytea NOT NULL,
    in_force_at timestamp with time zone NOT NULL,
    CONSTRAINT documents_pkey PRIMARY KEY (name, version, language),
    CONSTRAINT documents_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text])))
);

CREATE TABLE drafts (
    id uuid NOT NULL,
    college text NOT NULL,
    number_index bytea NOT NULL,
    data bytea NOT NULL,
    version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    account_id uuid,
    CONSTRAINT drafts_pkey PRIMARY KEY (id),
    CONSTRAINT drafts_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT drafts_college_fkey FOREIGN KEY (college) REFERENCES colleges(code)
);
CREATE INDEX drafts_expires ON drafts USING btree (expires_at);
CREATE UNIQUE INDEX drafts_open ON drafts USING btree (college, number_index) WHERE (account_id IS NULL);

CREATE TABLE enrolments (
    account_id uuid NOT NULL,
    service_id text NOT NULL,
    status text NOT NULL,
    status_at timestamp with time zone NOT NULL,
    reason text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT enrolments_pkey PRIMARY KEY (account_id, service_id),
    CONSTRAINT enrolments_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT enrolments_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id),
    CONSTRAINT enrolments_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'ended'::text])))
);

CREATE TABLE entitlements (
    account_id uuid NOT NULL,
    organization_id text NOT NULL,
    service_id text NOT NULL,
    roles text[] NOT NULL DEFAULT '{}'::text[],
    grants jsonb NOT NULL DEFAULT '[]'::jsonb,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT entitlements_pkey PRIMARY KEY (account_id, organization_id, service_id),
    CONSTRAINT entitlements_account_id_organization_id_fkey FOREIGN KEY (account_id, organization_id) REFERENCES sponsorships(account_id, organization_id),
    CONSTRAINT entitlements_organization_id_service_id_fkey FOREIGN KEY (organization_id, service_id) REFERENCES organization_services(organization_id, service_id)
);
CREATE INDEX entitlements_service ON entitlements USING btree (account_id, service_id);

CREATE TABLE evidences (
    id uuid NOT NULL,
    college text NOT NULL,
    issuer text NOT NULL,
    assertion_id text NOT NULL,
    request_id text NOT NULL,
    number_index bytea NOT NULL,
    message bytea NOT NULL,
    sha256 bytea NOT NULL,
    key_fingerprint text NOT NULL,
    algorithm text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    consented_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    draft_id uuid,
    account_id uuid,
    CONSTRAINT evidences_pkey PRIMARY KEY (id),
    CONSTRAINT evidences_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT evidences_college_fkey FOREIGN KEY (college) REFERENCES colleges(code),
    CONSTRAINT evidences_issuer_assertion_id_key UNIQUE (issuer, assertion_id)
);
CREATE INDEX evidences_account ON evidences USING btree (account_id);
CREATE INDEX evidences_draft ON evidences USING btree (draft_id);

CREATE TABLE exchanges (
    id uuid NOT NULL,
    entity_id text NOT NULL,
    request_id text NOT NULL DEFAULT ''::text,
    binding text NOT NULL DEFAULT ''::text,
    raw text NOT NULL,
    document text NOT NULL,
    verdict text NOT NULL,
    checks jsonb NOT NULL DEFAULT '[]'::jsonb,
    answer text NOT NULL DEFAULT ''::text,
    reasons jsonb NOT NULL DEFAULT '[]'::jsonb,
    at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    kind text NOT NULL DEFAULT 'signin'::text,
    sealed bytea NOT NULL DEFAULT '\x'::bytea,
    CONSTRAINT exchanges_pkey PRIMARY KEY (id),
    CONSTRAINT exchanges_kind_check CHECK ((kind = ANY (ARRAY['signin'::text, 'logout_theirs'::text, 'logout_ours'::text])))
);
CREATE INDEX exchanges_expires ON exchanges USING btree (expires_at);
CREATE INDEX exchanges_service ON exchanges USING btree (entity_id, at);

CREATE UNLOGGED TABLE failed_accounts (
    network bytea NOT NULL,
    account bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT failed_accounts_pkey PRIMARY KEY (network, account)
);

CREATE TABLE journeys (
    id text NOT NULL,
    service_id text NOT NULL,
    entity_id text NOT NULL,
    request_id text,
    request jsonb NOT NULL,
    browser bytea,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    account_id uuid,
    confirmed_by uuid,
    organization_id text,
    prove_after timestamp with time zone,
    CONSTRAINT journeys_pkey PRIMARY KEY (id),
    CONSTRAINT journeys_entity_id_request_id_key UNIQUE (entity_id, request_id),
    CONSTRAINT journeys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
);
CREATE INDEX journeys_expires ON journeys USING btree (expires_at);

CREATE TABLE known_networks (
    account_id uuid NOT NULL,
    network bytea NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT known_networks_pkey PRIMARY KEY (account_id, network),
    CONSTRAINT known_networks_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id)
);

CREATE TABLE links (
    token_hash bytea NOT NULL,
    purpose text NOT NULL,
    account_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    recovery_id uuid,
    about text NOT NULL DEFAULT ''::text,
    CONSTRAINT links_pkey PRIMARY KEY (token_hash),
    CONSTRAINT links_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT links_recovery_id_fkey FOREIGN KEY (recovery_id) REFERENCES recoveries(id)
);
CREATE INDEX links_account ON links USING btree (account_id);
CREATE INDEX links_recovery ON links USING btree (recovery_id) WHERE (recovery_id IS NOT NULL);

CREATE TABLE login_ids (
    login_id text NOT NULL,
    base text NOT NULL,
    suffix integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT login_ids_pkey PRIMARY KEY (login_id),
    CONSTRAINT login_ids_base_suffix_key UNIQUE (base, suffix)
);

CREATE TABLE logout_parties (
    logout_id text NOT NULL,
    position integer NOT NULL,
    service_id text NOT NULL,
    entity_id text NOT NULL,
    name_id text NOT NULL,
    name_id_format text NOT NULL,
    name_qualifier text NOT NULL,
    sp_name_qualifier text NOT NULL,
    session_indexes text[] NOT NULL,
    state text NOT NULL,
    request_id text,
    tries integer NOT NULL DEFAULT 0,
    state_at timestamp with time zone NOT NULL,
    CONSTRAINT logout_parties_pkey PRIMARY KEY (logout_id, "position"),
    CONSTRAINT logout_parties_logout_id_fkey FOREIGN KEY (logout_id) REFERENCES logouts(id) ON DELETE CASCADE,
    CONSTRAINT logout_parties_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id),
    CONSTRAINT logout_parties_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'asked'::text, 'confirmed'::text, 'refused'::text, 'no_answer'::text, 'cannot'::text])))
);
CREATE UNIQUE INDEX logout_parties_request ON logout_parties USING btree (request_id) WHERE (request_id IS NOT NULL);
CREATE INDEX logout_parties_service ON logout_parties USING btree (entity_id, state_at);

CREATE TABLE logouts (
    id text NOT NULL,
    account_id uuid NOT NULL,
    cause text NOT NULL,
    sessions text[] NOT NULL,
    entity_id text,
    request_id text,
    request jsonb,
    event text,
    onward text NOT NULL DEFAULT ''::text,
    browser bytea,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT logouts_pkey PRIMARY KEY (id),
    CONSTRAINT logouts_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT logouts_cause_check CHECK ((cause = ANY (ARRAY['person'::text, 'service'::text, 'event'::text]))),
    CONSTRAINT logouts_entity_id_request_id_key UNIQUE (entity_id, request_id),
    CONSTRAINT logouts_event_key UNIQUE (event)
);
CREATE INDEX logouts_account ON logouts USING btree (account_id);
CREATE INDEX logouts_expires ON logouts USING btree (expires_at);

CREATE TABLE messages (
    id uuid NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    account_id uuid,
    draft_id uuid,
    code_id uuid,
    language text NOT NULL,
    recipient bytea,
    content bytea,
    masked text NOT NULL,
    state text NOT NULL,
    carrier text NOT NULL DEFAULT ''::text,
    carrier_id text NOT NULL DEFAULT ''::text,
    problem text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    sent_at timestamp with time zone,
    state_at timestamp with time zone NOT NULL,
    CONSTRAINT messages_pkey PRIMARY KEY (id),
    CONSTRAINT messages_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT messages_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'sms'::text, 'call'::text]))),
    CONSTRAINT messages_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text]))),
    CONSTRAINT messages_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE INDEX messages_account ON messages USING btree (account_id, created_at);
CREATE INDEX messages_carrier ON messages USING btree (carrier_id) WHERE (carrier_id <> ''::text);
CREATE INDEX messages_code ON messages USING btree (code_id) WHERE (code_id IS NOT NULL);
CREATE INDEX messages_waiting ON messages USING btree (expires_at) WHERE (state = 'waiting'::text);

CREATE TABLE metadata_imports (
    id uuid NOT NULL,
    document bytea NOT NULL,
    source text NOT NULL,
    address text NOT NULL DEFAULT ''::text,
    signer text NOT NULL DEFAULT ''::text,
    made_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT metadata_imports_pkey PRIMARY KEY (id),
    CONSTRAINT metadata_imports_source_check CHECK ((source = ANY (ARRAY['upload'::text, 'paste'::text, 'address'::text])))
);
CREATE INDEX metadata_imports_expires ON metadata_imports USING btree (expires_at);

CREATE TABLE metadata_sources (
    entity_id text NOT NULL,
    address text NOT NULL,
    signer text NOT NULL DEFAULT ''::text,
    etag text NOT NULL DEFAULT ''::text,
    modified text NOT NULL DEFAULT ''::text,
    due_at timestamp with time zone NOT NULL,
    checked_at timestamp with time zone,
    trouble text NOT NULL DEFAULT ''::text,
    trouble_since timestamp with time zone,
    CONSTRAINT metadata_sources_pkey PRIMARY KEY (entity_id),
    CONSTRAINT metadata_sources_entity_id_fkey FOREIGN KEY (entity_id) REFERENCES service_providers(entity_id)
);
CREATE INDEX metadata_sources_due ON metadata_sources USING btree (due_at);

CREATE TABLE metadata_versions (
    entity_id text NOT NULL,
    number integer NOT NULL,
    service_id text NOT NULL,
    document bytea NOT NULL,
    source text NOT NULL,
    address text NOT NULL DEFAULT ''::text,
    signer text NOT NULL DEFAULT ''::text,
    state text NOT NULL,
    scheduled boolean NOT NULL DEFAULT false,
    start_url text NOT NULL DEFAULT ''::text,
    changes jsonb NOT NULL DEFAULT '[]'::jsonb,
    proposed_by text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    decided_by text NOT NULL DEFAULT ''::text,
    decided_at timestamp with time zone,
    CONSTRAINT metadata_versions_pkey PRIMARY KEY (entity_id, number),
    CONSTRAINT metadata_versions_entity_id_check CHECK ((length(entity_id) <= 256)),
    CONSTRAINT metadata_versions_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id),
    CONSTRAINT metadata_versions_source_check CHECK ((source = ANY (ARRAY['upload'::text, 'paste'::text, 'address'::text, 'schedule'::text, 'shell'::text, 'before'::text]))),
    CONSTRAINT metadata_versions_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'current'::text, 'past'::text, 'withdrawn'::text]))),
    CONSTRAINT nobody_decides_alone CHECK (((state <> 'current'::text) OR (decided_by <> ''::text)))
);
CREATE UNIQUE INDEX metadata_versions_current ON metadata_versions USING btree (entity_id) WHERE (state = 'current'::text);
CREATE UNIQUE INDEX metadata_versions_waiting ON metadata_versions USING btree (entity_id) WHERE (state = 'waiting'::text);

CREATE TABLE name_ids (
    account_id uuid NOT NULL,
    entity_id text NOT NULL,
    value text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT name_ids_pkey PRIMARY KEY (account_id, entity_id),
    CONSTRAINT name_ids_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT name_ids_entity_id_value_key UNIQUE (entity_id, value)
);

CREATE TABLE nodes (
    name text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    keys text[] NOT NULL,
    CONSTRAINT nodes_pkey PRIMARY KEY (name)
);

CREATE TABLE organization_services (
    organization_id text NOT NULL,
    service_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT organization_services_pkey PRIMARY KEY (organization_id, service_id),
    CONSTRAINT organization_services_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
    CONSTRAINT organization_services_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id)
);

CREATE TABLE organizations (
    id text NOT NULL,
    kind text NOT NULL,
    name_en text NOT NULL,
    name_fr text NOT NULL,
    town text NOT NULL DEFAULT ''::text,
    uao text NOT NULL,
    uao_type text NOT NULL,
    responsible text NOT NULL DEFAULT ''::text,
    phone text NOT NULL DEFAULT ''::text,
    lra_email text NOT NULL DEFAULT ''::text,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT organizations_pkey PRIMARY KEY (id),
    CONSTRAINT organizations_uao_key UNIQUE (uao),
    CONSTRAINT organizations_uao_type_check CHECK ((uao_type = ANY (ARRAY['Organization'::text, 'Person'::text])))
);

CREATE TABLE passkey_exchanges (
    token_hash bytea NOT NULL,
    purpose text NOT NULL,
    account_id uuid,
    browser bytea NOT NULL,
    state jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_exchanges_pkey PRIMARY KEY (token_hash),
    CONSTRAINT passkey_exchanges_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT passkey_exchanges_purpose_check CHECK ((purpose = ANY (ARRAY['add'::text, 'signin'::text, 'challenge'::text, 'recovery'::text])))
);
CREATE INDEX passkey_exchanges_expires ON passkey_exchanges USING btree (expires_at);

CREATE TABLE passkeys (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    credential jsonb NOT NULL,
    name text NOT NULL,
    synced boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    ended_at timestamp with time zone,
    ended_why text NOT NULL DEFAULT ''::text,
    CONSTRAINT passkeys_pkey PRIMARY KEY (id),
    CONSTRAINT passkeys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id)
);
CREATE INDEX passkeys_account ON passkeys USING btree (account_id) WHERE (ended_at IS NULL);

CREATE TABLE password_history (
    account_id uuid NOT NULL,
    set_at timestamp with time zone NOT NULL,
    hash text NOT NULL,
    pepper_version integer NOT NULL,
    CONSTRAINT password_history_pkey PRIMARY KEY (account_id, set_at),
    CONSTRAINT password_history_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id)
);

CREATE TABLE password_reminders (
    account_id uuid NOT NULL,
    set_at timestamp with time zone NOT NULL,
    days integer NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT password_reminders_pkey PRIMARY KEY (account_id, set_at, days),
    CONSTRAINT password_reminders_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id)
);

CREATE TABLE passwords (
    account_id uuid NOT NULL,
    hash text NOT NULL,
    pepper_version integer NOT NULL,
    set_at timestamp with time zone NOT NULL,
    temporary boolean NOT NULL DEFAULT false,
    CONSTRAINT passwords_pkey PRIMARY KEY (account_id),
    CONSTRAINT passwords_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id)
);

CREATE TABLE proposals (
    id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    service_id text,
    body jsonb NOT NULL,
    before jsonb NOT NULL DEFAULT '{}'::jsonb,
    state text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    decided_by text NOT NULL DEFAULT ''::text,
    decided_at timestamp with time zone,
    CONSTRAINT proposals_pkey PRIMARY KEY (id),
    CONSTRAINT nobody_approves_alone CHECK (((state <> 'approved'::text) OR ((decided_by <> ''::text) AND (decided_by <> proposed_by)))),
    CONSTRAINT proposals_kind_check CHECK ((kind = ANY (ARRAY['policy'::text, 'key'::text]))),
    CONSTRAINT proposals_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id),
    CONSTRAINT proposals_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'withdrawn'::text])))
);
CREATE UNIQUE INDEX proposals_waiting ON proposals USING btree (kind, subject) WHERE (state = 'waiting'::text);

CREATE TABLE question_budgets (
    account_id uuid NOT NULL,
    failures integer NOT NULL,
    recent timestamp with time zone[] NOT NULL,
    wait_until timestamp with time zone,
    asked text[] NOT NULL DEFAULT '{}'::text[],
    off boolean NOT NULL DEFAULT false,
    CONSTRAINT question_budgets_pkey PRIMARY KEY (account_id)
);

CREATE TABLE recoveries (
    id uuid NOT NULL,
    kind text NOT NULL,
    account_id uuid,
    stand_in uuid NOT NULL,
    browser bytea NOT NULL,
    questions text[] NOT NULL,
    proofs jsonb NOT NULL,
    code_id uuid,
    state text NOT NULL,
    reference text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    device text NOT NULL DEFAULT ''::text,
    CONSTRAINT recoveries_pkey PRIMARY KEY (id),
    CONSTRAINT recoveries_kind_check CHECK ((kind = ANY (ARRAY['login_id'::text, 'password'::text]))),
    CONSTRAINT recoveries_state_check CHECK ((state = ANY (ARRAY['open'::text, 'proven'::text, 'desk'::text, 'done'::text, 'ended'::text])))
);
CREATE INDEX recoveries_account ON recoveries USING btree (account_id);
CREATE INDEX recoveries_browser ON recoveries USING btree (browser, kind);
CREATE INDEX recoveries_expires ON recoveries USING btree (expires_at);
CREATE UNIQUE INDEX recoveries_reference ON recoveries USING btree (reference);

CREATE TABLE recovery_codes (
    account_id uuid NOT NULL,
    position integer NOT NULL,
    hash bytea NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, "position"),
    CONSTRAINT recovery_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT recovery_codes_position_check CHECK ((("position" >= 1) AND ("position" <= 10)))
);

CREATE TABLE release_receipts (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    service_id text NOT NULL,
    entity_id text NOT NULL,
    kinds text[] NOT NULL,
    attributes text[] NOT NULL,
    language text NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    CONSTRAINT release_receipts_pkey PRIMARY KEY (id),
    CONSTRAINT release_receipts_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT release_receipts_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text]))),
    CONSTRAINT release_receipts_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id)
);
CREATE INDEX release_receipts_account ON release_receipts USING btree (account_id, service_id, accepted_at);

CREATE TABLE saml_keyring (
    one boolean NOT NULL DEFAULT true,
    version bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT saml_keyring_pkey PRIMARY KEY (one),
    CONSTRAINT saml_keyring_one_check CHECK (one)
);

CREATE TABLE saml_keys (
    id text NOT NULL,
    use text NOT NULL,
    algorithm text NOT NULL,
    state text NOT NULL,
    place text NOT NULL,
    certificate bytea NOT NULL,
    fingerprint text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    current_at timestamp with time zone,
    retiring_at timestamp with time zone,
    retired_at timestamp with time zone,
    CONSTRAINT saml_keys_pkey PRIMARY KEY (id),
    CONSTRAINT saml_keys_algorithm_check CHECK ((algorithm = ANY (ARRAY['rsa'::text, 'ec'::text]))),
    CONSTRAINT saml_keys_fingerprint_key UNIQUE (fingerprint),
    CONSTRAINT saml_keys_state_check CHECK ((state = ANY (ARRAY['next'::text, 'current'::text, 'retiring'::text, 'retired'::text]))),
    CONSTRAINT saml_keys_use_check CHECK ((use = ANY (ARRAY['signing'::text, 'encryption'::text, 'metadata'::text])))
);
CREATE UNIQUE INDEX saml_keys_current ON saml_keys USING btree (use, algorithm) WHERE (state = 'current'::text);
CREATE UNIQUE INDEX saml_keys_next ON saml_keys USING btree (use, algorithm) WHERE (state = 'next'::text);

CREATE TABLE service_clocks (
    service_id text NOT NULL,
    at timestamp with time zone NOT NULL,
    ahead interval NOT NULL,
    CONSTRAINT service_clocks_pkey PRIMARY KEY (service_id, at),
    CONSTRAINT service_clocks_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id)
);

CREATE TABLE service_hours (
    service_id text NOT NULL,
    hour timestamp with time zone NOT NULL,
    reason text NOT NULL,
    count integer NOT NULL,
    CONSTRAINT service_hours_pkey PRIMARY KEY (service_id, hour, reason),
    CONSTRAINT service_hours_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id)
);
CREATE INDEX service_hours_hour ON service_hours USING btree (hour);

CREATE TABLE service_providers (
    entity_id text NOT NULL,
    service_id text NOT NULL,
    metadata bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    valid_until timestamp with time zone,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    signing_key text,
    keep_old_until timestamp with time zone,
    metadata_token text NOT NULL DEFAULT replace((gen_random_uuid())::text, '-'::text, ''::text),
    metadata_fetched_at timestamp with time zone,
    keys_confirmed_at timestamp with time zone,
    policy jsonb NOT NULL,
    recording_until timestamp with time zone,
    CONSTRAINT service_providers_pkey PRIMARY KEY (entity_id),
    CONSTRAINT service_providers_entity_id_check CHECK ((length(entity_id) <= 256)),
    CONSTRAINT service_providers_metadata_token_key UNIQUE (metadata_token),
    CONSTRAINT service_providers_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id),
    CONSTRAINT service_providers_service_id_key UNIQUE (service_id),
    CONSTRAINT service_providers_signing_key_fkey FOREIGN KEY (signing_key) REFERENCES saml_keys(id)
);

CREATE TABLE service_warnings (
    entity_id text NOT NULL,
    about text NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT service_warnings_pkey PRIMARY KEY (entity_id, about),
    CONSTRAINT service_warnings_entity_id_fkey FOREIGN KEY (entity_id) REFERENCES service_providers(entity_id)
);

CREATE TABLE services (
    id text NOT NULL,
    position integer NOT NULL DEFAULT 1000,
    name_en text NOT NULL,
    name_fr text NOT NULL,
    tagline_en text NOT NULL DEFAULT ''::text,
    tagline_fr text NOT NULL DEFAULT ''::text,
    who_en text NOT NULL DEFAULT ''::text,
    who_fr text NOT NULL DEFAULT ''::text,
    start_url text NOT NULL DEFAULT ''::text,
    rule text NOT NULL,
    rule_college text,
    minimum text NOT NULL DEFAULT 'knowledge'::text,
    contact text NOT NULL DEFAULT ''::text,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    operator_en text NOT NULL DEFAULT ''::text,
    operator_fr text NOT NULL DEFAULT ''::text,
    authority_en text NOT NULL DEFAULT ''::text,
    authority_fr text NOT NULL DEFAULT ''::text,
    CONSTRAINT services_pkey PRIMARY KEY (id),
    CONSTRAINT licence_names_a_college CHECK (((rule <> 'licence'::text) OR (rule_college IS NOT NULL))),
    CONSTRAINT services_minimum_check CHECK ((minimum = ANY (ARRAY['knowledge'::text, 'possession'::text, 'passkey'::text]))),
    CONSTRAINT services_rule_check CHECK ((rule = ANY (ARRAY['everyone'::text, 'licence'::text, 'named'::text]))),
    CONSTRAINT services_rule_college_fkey FOREIGN KEY (rule_college) REFERENCES colleges(code)
);

CREATE TABLE sessions (
    token_hash text NOT NULL,
    kind text NOT NULL,
    account_id uuid,
    draft_id uuid,
    data bytea NOT NULL,
    address text NOT NULL DEFAULT ''::text,
    agent text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    idle_until timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_why text NOT NULL DEFAULT ''::text,
    name text NOT NULL DEFAULT ''::text,
    CONSTRAINT sessions_pkey PRIMARY KEY (token_hash),
    CONSTRAINT sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT sessions_kind_check CHECK ((kind = ANY (ARRAY['anonymous'::text, 'registration'::text, 'account'::text])))
);
CREATE INDEX sessions_account ON sessions USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX sessions_draft ON sessions USING btree (draft_id) WHERE (draft_id IS NOT NULL);
CREATE INDEX sessions_expires ON sessions USING btree (expires_at);
CREATE INDEX sessions_name ON sessions USING btree (name) WHERE (name <> ''::text);

CREATE TABLE signin_lanes (
    account_id uuid NOT NULL,
    lane text NOT NULL,
    failures integer NOT NULL,
    wait_until timestamp with time zone,
    CONSTRAINT signin_lanes_pkey PRIMARY KEY (account_id, lane),
    CONSTRAINT signin_lanes_lane_check CHECK ((lane = ANY (ARRAY['known'::text, 'unknown'::text])))
);

CREATE TABLE sponsorships (
    account_id uuid NOT NULL,
    organization_id text NOT NULL,
    status text NOT NULL,
    status_at timestamp with time zone NOT NULL,
    reason text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT sponsorships_pkey PRIMARY KEY (account_id, organization_id),
    CONSTRAINT sponsorships_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT sponsorships_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id),
    CONSTRAINT sponsorships_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'ended'::text])))
);
CREATE INDEX sponsorships_organization ON sponsorships USING btree (organization_id);

CREATE TABLE staff_roles (
    account_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT staff_roles_pkey PRIMARY KEY (account_id, role),
    CONSTRAINT staff_roles_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
    CONSTRAINT staff_roles_role_check CHECK ((role = ANY (ARRAY['service-desk'::text, 'registration-agent'::text, 'service-administrator'::text, 'auditor'::text])))
);

CREATE UNLOGGED TABLE waits (
    key bytea NOT NULL,
    until timestamp with time zone NOT NULL,
    level integer NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT waits_pkey PRIMARY KEY (key)
);

CREATE OR REPLACE FUNCTION audit_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'audit events are never changed or deleted';
END $function$
;
