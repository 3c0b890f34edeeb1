-- What ended, and who had a log-in, before this was written down beside it: taken over as it stands.
INSERT INTO members_classend (membership_id, until_at, act) SELECT id, until_at, act FROM members_classmembership WHERE until_at IS NOT NULL
-- statement
INSERT INTO members_representativeend (representative_id, until_at, act)
    SELECT id, until_at, act FROM members_representative WHERE until_at IS NOT NULL
-- statement
INSERT INTO members_loginlink (party_id, person, at) SELECT id, person, made_at FROM members_party WHERE person IS NOT NULL
