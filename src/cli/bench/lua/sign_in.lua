function request()
  local slug = "bench-" .. math.random(first_clinic, last_clinic)
  local body = '{"identifier":"receptionist","password":"' .. password .. '"}'
  return wrk.format("POST", "/clinic/" .. slug .. "/api/v1/sessions", { ["Content-Type"] = "application/json" }, body)
end
