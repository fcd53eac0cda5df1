local n = 0
init = function(args) n = tonumber(args[1]) end
request = function()
  n = n + 1
  local body = string.format('{"patient_id":"01900000-0000-7000-8000-%012x","purpose":"Checkup","visit_type":"routine"}', n)
  wrk.headers["Content-Type"] = "application/json"
  return wrk.format("POST", "/clinic/bench/api/v1/visits", nil, body)
end
