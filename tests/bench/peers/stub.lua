-- What people write instead: a few lines in nginx. JSON in and out, without users and without a ledger.
local cjson = require "cjson"
ngx.req.read_body()
local asked = cjson.decode(ngx.req.get_body_data()).jobRunOperationPayload.runIds.runId
local items = {}
for place, id in ipairs(asked) do
  items[place] = { id = tostring(id), message = "The run instance is being cancelled.", status = "Success" }
end
ngx.header["Content-Type"] = "application/json"
ngx.print(cjson.encode({
  mgmtResponse = {
    ["@requestUrl"] = ngx.var.request_uri,
    operationResult = { { message = "The operation succeeded.", operation = "CANCELRUNNING", success = { success = items } } },
  },
}))
