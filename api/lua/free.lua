-- Give back what a booking holds, once.
-- KEYS: booking, version, changes, used amounts of each service date ...
-- ARGV: claims as in hold.lua ([date index, field, amount]), status to set, time of it
-- Returns {'freed', version}, {'already'} or {'missing'}.
local claims = cjson.decode(ARGV[1])
local booking = redis.call('HMGET', KEYS[1], 'status', 'changes')
if not booking[1] then
  return {'missing'}
end
if booking[1] == ARGV[2] then
  return {'already'}
end
for _, claim in ipairs(claims) do
  local used_of_date = KEYS[3 + claim[1]]
  local used = tonumber(redis.call('HGET', used_of_date, claim[2]) or '0')
  if used > claim[3] then
    redis.call('HINCRBY', used_of_date, claim[2], -claim[3])
  else
    redis.call('HDEL', used_of_date, claim[2])
  end
end
redis.call('HSET', KEYS[1], 'status', ARGV[2], 'freed', ARGV[3])
local version = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, version .. '-0', 'sign', '-1', 'changes', booking[2])
return {'freed', version}
