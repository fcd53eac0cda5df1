-- The service's login may act as the owner.
grant polyclinic_owner to polyclinic_app;
