-- Organisations that are suspended are few, and looked for by their state.
CREATE INDEX organisation_suspended ON organisation (id) WHERE state = 'suspended';
