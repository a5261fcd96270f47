// What people write instead: Express and a parser of XML; the same cancel, without users and without a ledger.
// Started as `node express.mjs PORT`.
import express from "express";
import { XMLBuilder, XMLParser } from "fast-xml-parser";

const parser = new XMLParser();
const builder = new XMLBuilder({ ignoreAttributes: false });
const app = express();
app.use(express.text({ type: "application/xml" }));
app.put("/webacs/api/v1/op/jobService/cancelrunning", (request, response) => {
  const { runId } = parser.parse(request.body).jobRunOperationPayload.runIds;
  const base = `http://${request.headers.host}/webacs/api/v1/op`;
  const success = { id: runId, message: "The run instance is being cancelled.", status: "Success" };
  response.type("text/xml").send(builder.build({
    mgmtResponse: {
      "@_responseType": "operation",
      "@_requestUrl": `${base}/jobService/cancelrunning`,
      "@_rootUrl": base,
      operationResult: {
        failure: "",
        message: "The operation succeeded.",
        operation: "CANCELRUNNING",
        success: { success },
      },
    },
  }));
});
app.listen(Number(process.argv[2]), "127.0.0.1");
