function request()
  local clinic = pick()
  local id = patient(10 * math.random(1, math.floor(clinic.patients / 10)))
  return wrk.format("GET", "/clinic/" .. clinic.slug .. "/api/v1/patients/" .. id .. "/chart", bearer(clinic))
end
