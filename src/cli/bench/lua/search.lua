function request()
  local clinic = pick()
  local term = terms[math.random(1, #terms)]
  return wrk.format("GET", "/clinic/" .. clinic.slug .. "/api/v1/patients?q=" .. term, bearer(clinic))
end
