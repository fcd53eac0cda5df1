-- Looks inside one clinic, with a reason, for thirty minutes, read only.
--
-- When:     a clinic asks for help that its own people cannot give; never to browse.
-- As:       your own login, a member of polyclinic_operator (never a shared one):
--             create role op_alice login password '…' in role polyclinic_operator;   -- by a superuser, then sql/hardening.sql
-- Run:      psql -d polyclinic -v slug=north -v reason='ticket 4711: visit missing from the queue' -f sql/ops/break_glass.sql
-- Expected: the grant, your rights, and the prompt, inside a read-only transaction. Every table shows that clinic's rows
--           and no other's. \q or rollback ends it. To enter again within the thirty minutes:
--             begin read only;  select gate.enter_broken_glass('<grant>');
--           The reason stays on record, and that clinic's admin sees it with your login.
\set ON_ERROR_STOP on
\if :{?slug}
\else
  \prompt 'clinic (slug): ' slug
\endif
\if :{?reason}
\else
  \prompt 'reason, as the clinic''s admin will read it (15 characters or more): ' reason
\endif

-- The reason is committed before any row is visible, so that no rollback can take it back.
begin;
select gate.break_glass(:'slug', :'reason') as "grant" \gset
commit;

begin read only;
select gate.enter_broken_glass(:'grant');
select :'grant' as "grant", :'slug' as clinic, session_user as operator, now() + interval '30 minutes' as "until about";
select p.permission, p.about
from gate.permissions p
where 'operator' = any (p.roles)
order by p.bit;
\echo 'You are inside' :slug', read only. Name your tables polyclinic.<table>. rollback; ends it.'
