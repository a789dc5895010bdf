-- What was reported and nobody has reviewed: few at any time (a tenant's, that this node reviews).
CREATE INDEX incident_waiting ON incident (org, tlp, author) WHERE review = 'reported' AND reported_at > 0;
