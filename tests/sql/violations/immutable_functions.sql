-- A clinic that is folded into a cached plan.
alter function gate.clinic_id() immutable;
