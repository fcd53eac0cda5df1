-- Is the trail of a clinic as it was when it was sealed?
--
-- When:     on suspicion; and regularly, keeping the printed head where no administrator of this database can change it.
-- As:       your own login in group polyclinic_operator, after sql/ops/break_glass.sql gave you a grant for the clinic.
-- Run:      psql -d polyclinic -v grant=GRANT_ID -f sql/ops/verify_trail.sql
-- Expected: "whole, N seals" and the newest hash. Anything else names the first seal that does not hold.
\set ON_ERROR_STOP on
begin read only;
select gate.enter_broken_glass(:'grant');
select polyclinic.verify_history() as trail;
select s.seal_no, s.sealed_at, encode(s.chain_hash, 'hex') as head
from polyclinic.seals s
order by s.seal_no desc
limit 1;
rollback;
