function request()
  local clinic = pick()
  return wrk.format("GET", "/clinic/" .. clinic.slug .. "/api/v1/patients", bearer(clinic))
end
