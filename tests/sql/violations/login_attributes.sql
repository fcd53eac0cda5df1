-- The service's login passes by the wall.
alter role polyclinic_app bypassrls;
