request = function()
  local id = string.format("01900000-0000-7000-8000-%012x", math.random(1, 50000))
  return wrk.format("GET", "/clinic/bench/api/v1/patients/" .. id .. "/chart")
end
