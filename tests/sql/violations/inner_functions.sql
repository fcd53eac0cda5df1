-- The service may sign its own contexts.
grant execute on function gate.sign(bigint, uuid, uuid, uuid, bigint, smallint) to polyclinic_app;
