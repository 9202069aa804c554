-- The hash of the challenge that the card signed, so that a later application of the same visit finds the earlier ones
-- (X-11). It says nothing about the card (X-25). Applications of before have none, and none may follow them.
ALTER TABLE application ADD COLUMN challenge TEXT NOT NULL DEFAULT '';
CREATE INDEX application_challenge ON application (challenge) WHERE challenge <> '';
