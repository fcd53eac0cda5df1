-- Paper: how a clinic's sheets are laid out, and how a stranger who holds one learns whether it still stands.
set local role polyclinic_owner;

-- The layout is a few facts about the clinic and stands on its row: whoever prints reads that row anyway.
-- A clinic with pre-printed paper leaves the letterhead away and its top margin to the printer's shop.
alter table polyclinic.clinics
  add column paper            text not null default 'a4' constraint clinics_paper_known check (paper in ('a4', 'a5', 'slip')),
  add column letterhead       boolean not null default true,
  add column margin_top_mm    smallint not null default 14 constraint clinics_margin_top_range check (margin_top_mm between 5 and 100),
  add column margin_right_mm  smallint not null default 14 constraint clinics_margin_right_range check (margin_right_mm between 5 and 40),
  add column margin_bottom_mm smallint not null default 14 constraint clinics_margin_bottom_range check (margin_bottom_mm between 5 and 80),
  add column margin_left_mm   smallint not null default 14 constraint clinics_margin_left_range check (margin_left_mm between 5 and 40);
grant update (paper, letterhead, margin_top_mm, margin_right_mm, margin_bottom_mm, margin_left_mm)
  on polyclinic.clinics to polyclinic_app;

-- The code in the QR of a sheet: 122 random bits that open nothing but the answer of gate.sheet. It is stored as it
-- is, because the same sheet is printed again, and it outlives every key of the service: paper lasts for years.
alter table polyclinic.prescriptions add column sheet_code uuid not null default gen_random_uuid();
alter table polyclinic.prescriptions add constraint prescriptions_sheet_key unique (clinic_id, sheet_code);
create policy door_reads on polyclinic.prescriptions for select to polyclinic_gate
  using (clinic_id = (select gate.clinic_for(0)));
grant select (clinic_id, prescription_id, sheet_code, status, signed_at, replaces_id, sheet) on polyclinic.prescriptions to polyclinic_gate;
reset role;

-- Whether a printed sheet stands: whose it is, of which day, and one word. No patient, no medicine, no number. A draft
-- that somebody printed, an unknown code, a clinic that is closed or suspended: no row.
set local role polyclinic_gate;
create function gate.sheet(p_clinic_number int, p_code uuid,
    out clinic_name text, out locale text, out signed_on date, out standing text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  nil   constant uuid := '00000000-0000-0000-0000-000000000000';
  place record;
begin
  select d.clinic_id, d.name, d.zone, d.locale into place
  from platform.directory d
  where d.clinic_number = p_clinic_number and d.status in ('active', 'trial');
  if not found then return; end if;
  perform gate.refuse_dirty();
  perform gate.sign(place.clinic_id, nil, nil, nil, 1, 0::smallint);
  -- Name and day as the paper says them.
  select coalesce(p.sheet #>> '{letter,name}', place.name), place.locale,
         (p.signed_at at time zone coalesce(p.sheet ->> 'zone', place.zone))::date,
         case when p.status = 'signed' then 'issued'
              when exists (select
                           from polyclinic.prescriptions n
                           where n.clinic_id = place.clinic_id
                             and n.replaces_id = p.prescription_id
                             and n.status in ('signed', 'voided')) then 'replaced'
              else 'voided' end
    into clinic_name, locale, signed_on, standing
  from polyclinic.prescriptions p
  where p.clinic_id = place.clinic_id
    and p.sheet_code = p_code
    and p.status in ('signed', 'voided');
  perform set_config('gate.ctx', '', true);
end $$;
grant execute on function gate.sheet(int, uuid) to polyclinic_auth;
reset role;
