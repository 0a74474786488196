-- Organisations that are suspended are few, and looked for by their state.
CREATE INDEX organisation_suspended ON organisation (id) WHERE state = 'suspended';

-- An import brings organisations, or posts in them.
ALTER TABLE organisation_batch ADD COLUMN kind @TEXT NOT NULL DEFAULT 'organisations' CHECK (kind IN ('organisations', 'posts'));
