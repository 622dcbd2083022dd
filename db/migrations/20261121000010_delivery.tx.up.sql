-- What delivery and its breakers look up all the time.

CREATE INDEX messages_code ON messages (code_id) WHERE code_id IS NOT NULL;
CREATE INDEX messages_waiting ON messages (expires_at) WHERE state = 'waiting';
CREATE INDEX codes_created ON codes (created_at);
