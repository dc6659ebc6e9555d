-- wrk: token services. MODE says which; TOKENS names a file with one token a line.
--
--   credentials  client_credentials, the same request again and again
--   userinfo     each token in turn, in the header
--   introspect   each token in turn, in the body
--   register     the same client metadata again and again, by each initial access token in turn
--   refresh      each token once, and then what came of it
--   exchange     each code once, in BODY
--
-- PAUSE, in milliseconds: for how long a connection rests before each request, on average; without it none rests.

local mode, path, basic = os.getenv("MODE"), os.getenv("TARGET"), os.getenv("BASIC")
local form = { Authorization = basic, ["Content-Type"] = "application/x-www-form-urlencoded" }
local tokens, first, last = {}, 1, 0
local prepared, turn = {}, 0
local before = { refresh = "grant_type=refresh_token&refresh_token=", exchange = os.getenv("BODY") }
local pause = tonumber(os.getenv("PAUSE"))

-- Globals of each thread's own, which done() reads.
answered, refused = 0, 0
local threads = {}

function setup(thread) table.insert(threads, thread) end

-- Never in step with one another.
if pause then
    function delay() return math.random(0, 2 * pause) end
end

function init()
    math.randomseed(os.time())
    if mode == "credentials" then
        prepared[1] = wrk.format("POST", path, form, "grant_type=client_credentials")
        return
    end
    if mode == "register" then
        for token in io.lines(os.getenv("TOKENS")) do
            table.insert(prepared, wrk.format(
                "POST", path, { Authorization = "Bearer " .. token, ["Content-Type"] = "application/json" },
                '{"client_name":"Bench","redirect_uris":["https://app.example/callback"]}'))
        end
        return
    end
    for token in io.lines(os.getenv("TOKENS")) do
        last = last + 1
        tokens[last] = token
        if mode == "userinfo" then
            prepared[last] = wrk.format("GET", path, { Authorization = "Bearer " .. token })
        elseif mode == "introspect" then
            prepared[last] = wrk.format("POST", path, form, "token=" .. token)
        end
    end
end

function request()
    if not before[mode] then
        turn = turn % #prepared + 1
        return prepared[turn]
    end
    local token = tokens[first]
    tokens[first] = nil
    first = first + 1
    return wrk.format("POST", path, form, before[mode] .. token)
end

function response(status, _, body)
    if (status ~= 200 and status ~= 201) or (mode == "introspect" and not body:find('"active":true', 1, true)) then
        refused = refused + 1
        return
    end
    answered = answered + 1
    if mode == "refresh" then
        last = last + 1
        tokens[last] = body:match('"refresh_token":"([^"]+)"')
    end
end

function done(summary, latency)
    local good, bad = 0, 0
    for _, thread in ipairs(threads) do
        good = good + thread:get("answered")
        bad = bad + thread:get("refused")
    end
    io.write(string.format(
        "answered %d refused %d seconds %.6f p50 %d p99 %d\n", good, bad, summary.duration / 1e6,
        latency:percentile(50), latency:percentile(99)))
end
