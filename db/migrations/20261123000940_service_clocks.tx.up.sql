-- How far services' clocks were ahead of ours: a sample of the requests that were
-- answered as they came. Those that took a detour say so in their journey.
CREATE TABLE service_clocks (
    service_id text NOT NULL REFERENCES services (id),
    at         timestamptz NOT NULL,
    ahead      interval NOT NULL,
    PRIMARY KEY (service_id, at)
);
