-- wrk asks for the paths of the file $BENCH_PATHS one after the other, and says at the end how it went.
local requests, last = {}, 0

function init()
  for path in io.lines(os.getenv("BENCH_PATHS")) do
    local headers = { ["Accept-Encoding"] = os.getenv("BENCH_ENCODING") }
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  io.write(string.format("\nanswered %d failed %d microseconds %d\n", summary.requests, failed, summary.duration))
end
