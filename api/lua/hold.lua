-- Hold all claims of a booking, or none.
-- KEYS: booking, idempotency, version, changes, dates, used amounts of each service date ...
-- ARGV: claims, changes, document, status, expiry (Unix s), hash of the request or '', its lifetime (s)
-- A claim is [index of its date among the last keys, date, expiry, field, amount, capacity].
-- Returns {'held', version}, {'again', booking key}, {'reused'} or {'short', claim, used, claim, used ...}.
-- Everything is checked before the first write: a script that fails half-way is not undone.
local claims = cjson.decode(ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'held', redis.call('GET', KEYS[3])} -- the client sent this very call twice
end
if ARGV[6] ~= '' then
  local before = redis.call('HMGET', KEYS[2], 'request', 'booking')
  if before[1] then
    if before[1] ~= ARGV[6] then
      return {'reused'}
    end
    return {'again', before[2]}
  end
end
local short = {'short'}
for i, claim in ipairs(claims) do
  local used = tonumber(redis.call('HGET', KEYS[5 + claim[1]], claim[4]) or '0')
  if used + claim[5] > claim[6] then
    short[#short + 1] = tostring(i - 1)
    short[#short + 1] = tostring(used)
  end
end
if #short > 1 then
  return short
end
for _, claim in ipairs(claims) do
  local used_of_date = KEYS[5 + claim[1]]
  if claim[5] > 0 then -- others only ask that nothing of a kind is there
    redis.call('HINCRBY', used_of_date, claim[4], claim[5])
  end
  redis.call('EXPIREAT', used_of_date, claim[3])
  redis.call('SADD', KEYS[5], claim[2])
end
redis.call('HSET', KEYS[1], 'document', ARGV[3], 'status', ARGV[4], 'changes', ARGV[2])
redis.call('EXPIREAT', KEYS[1], ARGV[5])
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[2], 'request', ARGV[6], 'booking', KEYS[1])
  redis.call('EXPIRE', KEYS[2], ARGV[7])
end
local version = redis.call('INCR', KEYS[3])
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, version .. '-0', 'sign', '1', 'changes', ARGV[2])
return {'held', version}
