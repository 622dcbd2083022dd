-- What runs on this database, and which of our SAML keys it can sign and read
-- with: a switch to a key that a running node lacks is refused.
CREATE TABLE nodes (
    name    text PRIMARY KEY,
    seen_at timestamptz NOT NULL,
    keys    text[] NOT NULL  -- fingerprints of certificates
);
