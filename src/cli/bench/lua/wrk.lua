-- Before this stands `clinics`: {slug, token, cookie, patients} of those whose sessions may be used. After it stands
-- `request` of one task. Half of what is asked is asked of the first clinic, the big one.
local turn = 0
bad = 0
asked = {}

function init(args)
  round, rounds = tonumber(args[1]), tonumber(args[2])
  seed = args[3]
  math.randomseed(os.time() + round)
end

function pick()
  turn = turn + 1
  if turn % 2 == 0 or #clinics == 1 then return clinics[1] end
  return clinics[2 + math.floor(turn / 2) % (#clinics - 1)]
end

function patient(n)
  return string.format("01900000-0000-7000-8000-%012x", n)
end

-- Each patient of the lower half once; each round has its part of them, and the first forty wait already.
function unseen(clinic)
  asked[clinic.slug] = (asked[clinic.slug] or 0) + 1
  local half = math.floor((clinic.patients - 40) / 2)
  return 40 + math.floor(half / rounds) * round + asked[clinic.slug]
end

function bearer(clinic)
  return { Authorization = "Bearer " .. clinic.token }
end

if check then
  response = function(status) if status ~= 200 and status ~= 201 then bad = bad + 1 end end
end

function setup(thread) only = thread end

function done(summary, latency)
  local refused = summary.errors.status + summary.errors.connect + summary.errors.read + (check and only:get("bad") or 0)
  io.write(string.format("\nmeasured %f %f %f %f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, refused))
end
