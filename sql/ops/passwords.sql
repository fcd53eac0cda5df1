-- Gives the service's logins their passwords, which migrations never see.
--
-- When      once after the first `polyclinic migrate`, and whenever a password is to change
-- As        a superuser, or a login that may alter these roles
-- How       POLYCLINIC_APP_PASSWORD=… POLYCLINIC_AUTH_PASSWORD=… POLYCLINIC_PLATFORM_PASSWORD=… \
--           POLYCLINIC_WORKER_PASSWORD=… psql -X -f sql/ops/passwords.sql <url>
--           Without a terminal add `-v commit=yes`.
-- Expected  four rows, each with has_password = t
--
-- They come from the environment because arguments are visible to every user of the machine.
\set ON_ERROR_STOP on
\getenv app POLYCLINIC_APP_PASSWORD
\getenv auth POLYCLINIC_AUTH_PASSWORD
\getenv platform POLYCLINIC_PLATFORM_PASSWORD
\getenv worker POLYCLINIC_WORKER_PASSWORD

begin;

-- The statements hold the passwords: keep them out of the server's log.
set local log_statement = 'none';
set local log_min_duration_statement = -1;
set local log_min_error_statement = 'panic';
set local password_encryption = 'scram-sha-256';

alter role polyclinic_app password :'app';
alter role polyclinic_auth password :'auth';
alter role polyclinic_platform password :'platform';
alter role polyclinic_worker password :'worker';

select rolname as login, rolpassword is not null as has_password
from pg_catalog.pg_authid
where rolname in ('polyclinic_app', 'polyclinic_auth', 'polyclinic_platform', 'polyclinic_worker')
order by rolname;

\if :{?commit}
\else
  \prompt 'Commit? (yes/no) ' commit
\endif
\if :commit
  commit;
\else
  rollback;
\endif
