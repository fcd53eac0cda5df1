-- Patients and what they are found by. Names are drawn unevenly, as names are.
set session_replication_role = replica;

insert into polyclinic.patients
  (clinic_id, patient_id, number, given_name, family_name, birth_date, sex, phone, city, allergy_status, created_at, updated_at)
select c.clinic_id, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       format('PT-%s-2020-%s', c.number, lpad(n::text, 6, '0')),
       (string_to_array({given}, ' '))[1 + least(n * 7 % 40, n * 11 % 40)],
       (string_to_array({family}, ' '))[1 + least(n * 3 % 41, n * 13 % 41)],
       date '1940-01-01' + n * 7 % 30000, case n % 2 when 0 then 'female' else 'male' end,
       '9' || lpad((n * 7919::bigint % 1000000000)::text, 9, '0'), 'Pune', 'none', t.at, t.at
from bench.clinics c
cross join lateral generate_series(1, c.patients) n
cross join lateral (select now() - make_interval(mins => c.patients - n + 1440) as at) t;

insert into polyclinic.patient_search (clinic_id, token, patient_id)
select p.clinic_id, t.token, p.patient_id
from polyclinic.patients p
cross join lateral substring(p.number from '[0-9]+$') as tail
cross join lateral unnest(array[lower(p.given_name), lower(p.family_name), lower(p.number), p.phone_digits,
                                right(p.phone_digits, 4), tail, ltrim(tail, '0')]) as t (token)
group by p.clinic_id, t.token, p.patient_id
order by p.clinic_id, t.token collate "C", p.patient_id;

vacuum analyze polyclinic.patients;
vacuum analyze polyclinic.patient_search;
