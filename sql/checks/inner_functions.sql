-- What signs, checks and builds is for the doors: no login may call it.
-- as: app
select format('%s for %s', f.oid::regprocedure, r.rolname) as object,
       'may be executed' as problem
from pg_catalog.pg_proc f
cross join pg_catalog.pg_roles r
where f.pronamespace = 'gate'::regnamespace
  and f.proname in ('sign', 'mac', 'verified', 'door_clinic', 'rotate_key', 'fresh_key', 'maintain', 'refuse_dirty', 'pin_settings', 'refresh_masks',
                    'wall', 'guard', 'publish_clinic')
  and r.rolname in ('polyclinic_app', 'polyclinic_auth', 'polyclinic_platform', 'polyclinic_worker', 'polyclinic_operator')
  and has_function_privilege(r.oid, f.oid, 'execute')
