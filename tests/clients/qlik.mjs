// A session of @qlik/api, as a Node.js program that looks after requests for generated apps has it.
// Arguments: the gateway, and the control API, where this also plays the engine that loads the apps.
import { argv } from "node:process";
import { auth } from "@qlik/api";
import links from "@qlik/api/analytics/odag-links";
import requests from "@qlik/api/analytics/odag-requests";

const [gateway, control] = argv.slice(2);
const id = (number) => `5f0000000000000000000${number}`;

// An answer is kept for ten minutes, unless it is asked for anew.
const anew = { noCache: true };

const say = (step, value) => console.log(`${step}: ${JSON.stringify(value)}`);

// How a call ends for its caller: of what came, its state and the members asked for; or the error, as the package throws it.
const ends = async (call, ...members) => {
  try {
    const { status, data } = await call;
    const shown = ["state", ...members].filter((name) => data && name in Object(data));
    return { status, ...Object.fromEntries(shown.map((name) => [name, data[name]])) };
  } catch (error) {
    return { thrown: error.constructor.name, status: error.status, meta: error.data?.errors?.[0]?.meta };
  }
};

// The requests in a list: the last digits of the id of each, and its state.
const listed = async (query, linkId = "5e0000000000000000000007") => {
  const { data } = await links.getOdagLinkRequests(linkId, query, anew);
  return Object.fromEntries(data.map(({ id, state }) => [id.slice(-3), state]));
};

// The engine's side, by the control API.
const engine = async (number, state) => {
  const headers = { authorization: "Bearer control-token-of-tests", "content-type": "application/json" };
  const body = JSON.stringify({ state, runner: "a session" });
  const { ok } = await fetch(`${control}/v1/jobs/${number}/events`, { method: "POST", headers, body });
  if (!ok) throw new Error(`the engine's word on ${number} was refused`);
};

// An API key is a bearer token.
const as = (apiKey) => ({ hostConfig: { host: gateway, apiKey } });
auth.setDefaultHostConfig(as("token-of-operator").hostConfig);

say("the requests of a link", await listed({}));
say("those in which there is still something to do", await listed({ pending: true }));
say("of a link without requests", await listed({}, "5e0000000000000000000009"));
say("one request", await ends(requests.getOdagRequest(id(201)), "id", "kind", "link", "owner", "bindingStateHash"));
say("pause", await ends(requests.updateOdagRequest(id(201), { action: "pause" })));
say("pause again", await ends(requests.updateOdagRequest(id(201), { action: "pause" })));
say("resume", await ends(requests.updateOdagRequest(id(201), { action: "resume" })));
say("cancel, acknowledged at once", await ends(requests.updateOdagRequest(id(201), { action: "cancel", autoAck: true })));
say("as it is now", await ends(requests.getOdagRequest(id(201)), "generatedApp"));

say("cancel what loads", await ends(requests.updateOdagRequest(id(202), { action: "cancel", delGenApp: false })));
say("acknowledge too soon", await ends(requests.updateOdagRequest(id(202), { action: "ackcancel" })));
await engine(202, "cancelled");
say("when it has stopped", await ends(requests.getOdagRequest(id(202), anew)));
say("acknowledge", await ends(requests.updateOdagRequest(id(202), { action: "ackcancel" })));
say("acknowledge again", await ends(requests.updateOdagRequest(id(202), { action: "ackcancel" })));

say("what failed", await ends(requests.getOdagRequest(id(203)), "generatedApp"));
const failed = await ends(requests.updateOdagRequest(id(203), { action: "ackfailure", delGenApp: true }), "generatedApp");
say("acknowledge the failure, without its app", failed);

say("cancel too late", await ends(requests.updateOdagRequest(id(204), { action: "cancel" })));
const late = requests.updateOdagRequest(id(204), { action: "cancel", ignoreSucceeded: true });
say("cancel too late, and do not mind", await ends(late, "generatedApp"));

say("the list when all is done", await listed({}));
say("pending then", await listed({ pending: true }));
say("delete its app", await ends(requests.deleteOdagRequestApp(id(204))));
say("without its app", await ends(requests.getOdagRequest(id(204), anew), "generatedApp"));
say("delete it again", await ends(requests.deleteOdagRequestApp(id(204))));
say("its selections", (await requests.getOdagRequestSelections(id(205))).data);

say("a reader", await ends(requests.updateOdagRequest(id(205), { action: "cancel" }, as("token-of-reader"))));
say("a reader reads", await ends(requests.getOdagRequest(id(205), as("token-of-reader"))));
say("a wrong key", await ends(requests.getOdagRequest(id(205), as("a guess"))));
say("no such request", await ends(requests.getOdagRequest(id(999))));
say("no such action", await ends(requests.updateOdagRequest(id(205), { action: "stop" })));
say("a reader deletes", await ends(requests.deleteOdagRequestApp(id(203), as("token-of-reader"))));
say("a new request", await ends(links.createOdagLinkRequest("5e0000000000000000000007", { bindSelectionState: [] })));
say("its app again", await ends(requests.createOdagRequestReloadApp(id(204), {})));
