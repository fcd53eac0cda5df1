function request()
  local clinic = pick()
  return wrk.format("GET", "/clinic/" .. clinic.slug .. "/api/v1/prescriptions/01930000-0000-7000-8000-000000000001.pdf", bearer(clinic))
end
