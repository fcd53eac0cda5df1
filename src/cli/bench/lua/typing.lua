-- Somebody types: a request for each letter, five letters a second.
function request()
  local clinic = pick()
  local term = terms[math.random(1, #terms)]
  term = term:sub(1, math.random(2, math.max(2, #term)))
  return wrk.format("GET", "/clinic/" .. clinic.slug .. "/api/v1/patients?q=" .. term, bearer(clinic))
end
function delay() return 200 end
