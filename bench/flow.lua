-- wrk: full code flows by a session that is there. Each flow is two requests, authorize and token.
--
-- wrk tells no connection from another, so codes wait in a list until some connection is free to redeem one.

local target = os.getenv("FLOW_AUTHORIZE")
local cookie = os.getenv("FLOW_COOKIE")
local body = os.getenv("FLOW_BODY")
local token = os.getenv("FLOW_TOKEN")
local headers = { Authorization = os.getenv("FLOW_BASIC"), ["Content-Type"] = "application/x-www-form-urlencoded" }

local codes, first, last = {}, 1, 0
local authorize

-- Globals of each thread's own, which done() reads.
redeemed, refused = 0, 0
local threads = {}

function setup(thread) table.insert(threads, thread) end

function init() authorize = wrk.format("GET", target, { Cookie = cookie }) end

function request()
    if first > last then return authorize end
    local code = codes[first]
    codes[first] = nil
    first = first + 1
    return wrk.format("POST", token, headers, body .. code)
end

function response(status, answer)
    if status == 200 then
        redeemed = redeemed + 1
        return
    end
    local code = status == 302 and answer["Location"]:match("[?&]code=([^&]+)")
    if code then
        last = last + 1
        codes[last] = code
    else
        refused = refused + 1
    end
end

function done(summary, latency)
    local good, bad = 0, 0
    for _, thread in ipairs(threads) do
        good = good + thread:get("redeemed")
        bad = bad + thread:get("refused")
    end
    io.write(string.format(
        "flows %d refused %d seconds %.6f p50 %d p99 %d\n", good, bad, summary.duration / 1e6,
        latency:percentile(50), latency:percentile(99)))
end
