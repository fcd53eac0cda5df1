-- A second way to read the same rows.
create policy patient_reads on polyclinic.visits for select to polyclinic_app
  using (clinic_id = (select gate.clinic_for(24)) and patient_id = (select gate.patient_id()));
