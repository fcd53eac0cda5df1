function request()
  local clinic = pick()
  return wrk.format("GET", "/clinic/" .. clinic.slug .. "/queue", { Cookie = clinic.cookie })
end
