-- A policy that is safe only as long as the wall stands before it.
create policy everybody_reads on polyclinic.patients for select to polyclinic_app using (status <> 'archived');
