-- Tests with a word in the range $2..$3 and, for every other range, one in that too. What the list is ordered
-- by is the word that was found.
select t.test_id as "test_id: TestId", t.name, t.kind as "kind: TestKind", t.description, t.active,
       s.token as "name_key!", t.version, t.created_at, t.updated_at
from polyclinic.test_search s
join polyclinic.tests t on t.clinic_id = s.clinic_id and t.test_id = s.test_id
where s.clinic_id = $1
  and s.token >= $2
  and s.token < $3
  and (s.token, s.test_id) > ($6, $7)
  and (t.active or $8)
  and not exists (
    select from polyclinic.test_search earlier
    where earlier.clinic_id = $1
      and earlier.test_id = s.test_id
      and earlier.token >= $2
      and earlier.token < s.token)
  and not exists (
    select from unnest($4::text[], $5::text[]) as word (low, high)
    where not exists (
      select from polyclinic.test_search other
      where other.clinic_id = $1
        and other.test_id = s.test_id
        and other.token >= word.low
        and other.token < word.high))
order by s.token, s.test_id
limit $9
