import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";
import { newTaskId } from "../index.js";
import { workflowProgress } from "../workflow.js";
import { client, eventually, far, token, url } from "./far.mjs";

const require = createRequire(import.meta.url);
const { WebSocket } = require("undici"); // the one of newer Nodes
const { io } = require("socket.io-client");

async function post(path, body) {
  const response = await fetch(`${url}/api/workflows/${path}`, {
    method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  assert.deepEqual([response.status, (await response.json()).success], [200, true]);
}

const stock = (t) => {
  const socket = io(url, { auth: { token }, reconnectionDelay: 20, reconnectionDelayMax: 100 });
  t.after(() => socket.close());
  return { socket };
};
const roads = { "the built-in listener over a WebSocket": () => ({ WebSocket }), "the built-in listener over polls": () => ({}), "the stock client": stock };

for (const [road, options] of Object.entries(roads)) {
  test(`a real server is listened to by ${road}`, async (t) => {
    const session_id = newTaskId();
    const store = workflowProgress("build", { url, token, sessionId: session_id, ...options(t) });
    const seen = [];
    const leave = store.subscribe((state) => seen.push(state.progress));
    t.after(leave);
    const step = (name, progress, metadata) => post("progress", { session_id, workflow_type: "build", step: name, progress, metadata });
    const hear = (progress) => eventually(`${progress} is heard of`, async () => {
      await step("Fetch", progress); // again, as nobody knows when the listener is there
      return store.progress === progress;
    });
    await hear(10);
    await step("Fetch", 40, { estimated_time_remaining: 12 });
    await eventually("the step", () => store.progress === 40);
    assert.deepEqual([store.step, store.sessionId, store.estimatedTimeRemaining, store.isInProgress], ["Fetch", session_id, 12, true]);
    await far("stop");
    await far("start");
    await hear(50);
    await post("progress", { session_id: newTaskId(), workflow_type: "build", step: "Other", progress: 99 });
    const { tasks } = await client().tasksPage({ kind: "build" });
    const { task_id } = tasks.find((task) => task.steps[0].name === "Fetch" && task.status === "running");
    const r = client().reporter({ task: task_id }); // the same work by another face
    r.step("Fetch", { progress: 60 });
    await eventually("the native report", () => store.progress === 60);
    await r.close();
    await post("callback/state", { flow: "build", flow_run: session_id, state: "completed" });
    await eventually("the end", () => store.isComplete);
    assert.deepEqual([store.state, store.isInProgress, seen.includes(99)], ["Completed", false, false]);
  });
}

test("a token that is no good is refused by a real server", async (t) => {
  const store = workflowProgress("build", { url, token: "hrld_wrong-and-secret-00000", WebSocket });
  t.after(store.subscribe(() => {}));
  await eventually("refused", () => store.error !== null);
  assert.ok(!store.error.message.includes("hrld_"));
});
