function request()
  local clinic = pick()
  local n = unseen(clinic)
  local headers = bearer(clinic)
  headers["Content-Type"] = "application/json"
  headers["Idempotency-Key"] = seed .. n
  local body = '{"patient_id":"' .. patient(n) .. '","purpose":"Checkup","visit_type":"routine"}'
  return wrk.format("POST", "/clinic/" .. clinic.slug .. "/api/v1/visits", headers, body)
end
