\set n random(1, {terms})
select low, high, lows, highs from bench.terms where n = :n \gset
begin isolation level read committed, read only;
select clinic_id as clinic, today from gate.enter('bench-1', decode(:secret, 'hex')) \gset
{search};
commit;
