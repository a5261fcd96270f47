// A session of @qlik/api, as a Node.js program that looks after requests for generated apps would have it.
// Arguments: the gateway, and the control API, where this also plays the engine that loads the apps.
import { argv } from "node:process";
import { auth, analytics } from "@qlik/api";

const [gateway, control] = argv.slice(2);

// How a step ends for whoever called: the members asked for of what came, or the error as the package throws it.
const tried = async (call, ...members) => {
  try {
    const { status, data } = await call;
    return { status, ...Object.fromEntries(members.filter((name) => name in data).map((name) => [name, data[name]])) };
  } catch (error) {
    return { thrown: error.constructor.name, status: error.status, told: error.data?.errors?.[0]?.meta ?? error.data };
  }
};
const say = (step, value) => console.log(`${step}: ${JSON.stringify(value)}`);
console.log(Object.keys(analytics), Object.keys(auth));
