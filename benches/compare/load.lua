-- What wrk sends. `run` gives the arguments: workload, rows, the address of a page or a search, a salt for new names, a
-- seed, how many nicknames there are, the second before that of the first row, and perhaps a file of requests that are
-- sent instead: `access.py` says what stands in it.
-- Requests are made ahead, and a create is only put together when it is sent: the load shall cost little.

local AHEAD = 10000
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

-- A request in three parts, between which a name and a nickname fit.
local function create(salt)
  local name, nickname = string.rep("N", #salt + 10), string.rep("K", 7)
  local body = string.format('{"name":"%s","nickname":"%s"}', name, nickname)
  local whole = wrk.format("POST", "/users", { ["Content-Type"] = "application/json" }, body)
  return { whole:match("^(.*)" .. name .. "(.*)" .. nickname .. "(.*)$") }
end

-- The place after a key of at most three digits, in base64 as addresses have it.
local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local function cursor(key)
  local text, letters = tostring(key), ""
  local first, second, third = text:byte(1, 3)
  local bits = first * 65536 + (second or 0) * 256 + (third or 0)
  for i = 3, 3 - #text, -1 do
    local letter = math.floor(bits / 64 ^ i) % 64 + 1
    letters = letters .. LETTERS:sub(letter, letter)
  end
  return letters
end

local function nickname(count)
  return string.format("nick%03d", count % nicknames)
end

-- The requests of a file.
local function read(file)
  local found = {}
  for line in io.lines(file) do
    local method, path, caller, body = line:match("^(.-)\t(.-)\t(.-)\t(.*)$")
    local headers = {}
    if caller ~= "" then
      headers["X-Caller"] = caller
    end
    if body ~= "" then
      headers["Content-Type"] = "application/json"
    end
    found[#found + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
  return found
end

function init(args)
  local workload, rows, template, seed = args[1], tonumber(args[2]), args[3], tonumber(args[5])
  local epoch = tonumber(args[7])
  math.randomseed(seed * 64 + number)
  salt, nicknames, sent, at, ring = args[4], tonumber(args[6]), 0, 0, {}
  parts = create(salt)
  if args[8] then
    ring = read(args[8])
    return
  end
  for i = 1, AHEAD do
    local path
    if workload == "page" then
      local skip = math.random(0, 999)
      local words = { skip = skip, last = skip + 19, number = math.floor(skip / 20) + 1, cursor = cursor(skip) }
      path = template:gsub("{(%l+)}", words)
    elseif workload == "search" then
      -- Among the newest rows, so that as many are found whatever the number of all.
      local since = epoch + math.max(1, rows - math.random(5000, 9999))
      local words = { nickname = nickname(math.random(1, rows)), since = os.date("!%Y-%m-%dT%H:%M:%SZ", since) }
      path = template:gsub("{(%l+)}", words)
    elseif workload == "read" or workload == "mixed" and math.random() < 0.9 then
      path = "/users/" .. math.random(1, rows)
    end
    ring[i] = path and wrk.format("GET", path) or false
  end
end

function request()
  at = at % #ring + 1
  if ring[at] then
    return ring[at]
  end
  sent = sent + 1
  local name = string.format("%s%02d%08d", salt, number, sent)
  return parts[1] .. name .. parts[2] .. nickname(sent) .. parts[3]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "microseconds": %d, "refused": %d, "broken": %d, "p99": %d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99)))
end
