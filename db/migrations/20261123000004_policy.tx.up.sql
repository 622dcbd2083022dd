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
