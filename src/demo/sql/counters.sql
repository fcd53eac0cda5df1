-- Where the next number begins.
insert into polyclinic.counters as c (clinic_id, kind, period, value)
select $1, r.kind, r.period, r.value
from jsonb_populate_recordset(null::polyclinic.counters, $2) r
on conflict (clinic_id, kind, period) do update set value = greatest(c.value, excluded.value)
