import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";
import { listen, workflowProgress } from "../workflow.js";
import { eventually } from "./far.mjs";
import { fakeSocketIO, move, step } from "./fake-socketio.mjs";

const require = createRequire(import.meta.url);
const { WebSocket } = require("undici"); // the one of newer Nodes
const { io } = require("socket.io-client");

/** A far side, and a store that listens to it. */
async function staged(t, options = {}) {
  const far = await fakeSocketIO();
  t.after(() => far.close());
  const store = workflowProgress("build", { url: far.url, token: far.token, WebSocket, ...options });
  const states = [];
  const leave = store.subscribe((state) => states.push(state));
  t.after(leave);
  await eventually("connected", () => far.joined === 1);
  return { far, store, states, leave };
}

for (const [road, options] of [["a WebSocket", {}], ["polls", { WebSocket: undefined }]]) {
  test(`a session is followed over ${road}, and after breaks`, async (t) => {
    const { far, store, states, leave } = await staged(t, options);
    await eventually("watched", () => far.watched.length === 1);
    assert.deepEqual(far.watched, [{ workflow_type: "build" }]);
    await eventually("pings are answered", () => far.pongs > 1);
    assert.deepEqual([store.sessionId, store.progress, store.isInProgress, store.isComplete, store.startTime], [null, 0, false, false, null]);
    step(far, "s1", "Fetch", 40, { note: "<b>" });
    await eventually("the step", () => store.progress === 40);
    assert.deepEqual([store.sessionId, store.step, store.metadata, store.isInProgress, store.estimatedTimeRemaining], ["s1", "Fetch", { note: "<b>" }, true, null]);
    assert.ok(Math.abs(store.startTime - Date.now()) < 5000);
    step(far, "s2", "Other", 90); // of another session
    for (const wait of [1, 2, 3]) {
      far.drop();
      await eventually("connected again", () => far.joined === 1 && far.watched.length === 1 + wait);
      step(far, "s1", "Fetch", 50 + wait);
      await eventually("the next step", () => store.progress === 50 + wait);
    }
    move(far, "s1", "Completed");
    await eventually("the end", () => store.isComplete);
    assert.deepEqual([store.isInProgress, store.progress, store.estimatedTimeRemaining, store.state], [false, 100, 0, "Completed"]);
    assert.ok(states.every((s) => s.sessionId === "s1" && Object.isFrozen(s)) && states.at(-1) === store.get());
    store.reset();
    assert.deepEqual([store.sessionId, store.progress, store.isComplete, store.startTime, store.step], [null, 0, false, null, null]);
    step(far, "s2", "Other", 10);
    await eventually("another session", () => store.sessionId === "s2");
    leave();
    await eventually("left", () => far.joined === 0);
    assert.ok(far.urls.length > 0 && far.urls.every((url) => !url.includes(far.token)));
  });

  test(`a dead line over ${road} is given up`, async (t) => {
    const { far } = await staged(t, options);
    far.mute(true);
    await eventually("given up", () => far.connects > 1);
    far.mute(false);
  });
}

test("only the named session", async (t) => {
  const { far, store } = await staged(t, { sessionId: "mine" });
  await eventually("watched", () => far.watched.length === 1);
  assert.deepEqual(far.watched[0], { workflow_type: "build", session_id: "mine" });
  step(far, "other", "x", 5);
  move(far, "other", "Completed");
  step(far, "mine", "x", 6);
  await eventually("ours", () => store.progress === 6);
  store.reset();
  assert.deepEqual([store.sessionId, store.progress], ["mine", 0]);
});

/** A socket as the stock client's, whose events the test makes. */
function toy() {
  const heard = new Map();
  return {
    on: (name, f) => heard.set(name, [...(heard.get(name) ?? []), f]),
    off: (name, f) => heard.set(name, heard.get(name).filter((g) => g !== f)),
    emit: (name, data) => heard.get(name)?.forEach((f) => f(data)),
    get size() { return [...heard.values()].flat().length; },
  };
}

test("the time that is left", (t) => {
  t.mock.timers.enable({ apis: ["Date"] });
  const far = toy();
  const store = workflowProgress("build", { socket: far });
  const leave = store.subscribe(() => {});
  const after = (ms, ...said) => {
    t.mock.timers.tick(ms);
    step(far, "s", ...said);
    return store.estimatedTimeRemaining;
  };
  assert.equal(after(0, "a", 0), null); // nothing is known yet
  assert.equal(after(10_000, "a", 25), 30);
  assert.equal(after(10_000, "a", 50), 20);
  assert.equal(after(0, "a", 50, { estimated_time_remaining: 90 }), 90);
  assert.equal(after(0, "a", 50, { estimated_time_remaining: "soon" }), 20);
  assert.equal(after(0, "a", 100), 0);
  assert.deepEqual([store.isComplete, store.isInProgress], [true, false]);
  assert.equal(after(1000, "b", 0), null); // the next step begins
  assert.deepEqual([store.isComplete, store.isInProgress], [false, true]);
  assert.equal(after(5000, "b", 50), 5);
  assert.equal(store.startTime, 0);
  store.reset();
  assert.equal(after(10_000, "a", 60), null); // nothing of the session before counts
  assert.equal(store.startTime, Date.now());
  leave();
  assert.equal(far.size, 0);
});

test("how it may end", () => {
  const far = toy();
  const store = workflowProgress("build", { socket: far });
  store.subscribe(() => {});
  const after = (state) => {
    move(far, "s", state);
    return [store.isComplete, store.isInProgress, store.state];
  };
  assert.deepEqual(after("Pending"), [false, false, "Pending"]);
  assert.deepEqual(after("Running"), [false, true, "Running"]);
  assert.deepEqual(after("Paused"), [false, true, "Paused"]);
  step(far, "s", "a", 30);
  assert.deepEqual(after("Failed"), [false, false, "Failed"]);
  assert.equal(store.progress, 30);
  assert.deepEqual(after("Cancelled"), [false, false, "Cancelled"]);
  assert.deepEqual(after("Completed"), [true, false, "Completed"]);
  assert.deepEqual(after("Running"), [true, false, "Running"]);
  step(far, "s", "b", 40); // it was taken up again
  assert.deepEqual([store.isComplete, store.isInProgress], [false, true]);
  for (const odd of [undefined, null, {}, "x", { session_id: 1 }]) far.emit("workflow:progress:build", odd);
  assert.equal(store.step, "b");
});

test("the stock client takes its place", async (t) => {
  const far = await fakeSocketIO();
  t.after(() => far.close());
  const socket = io(far.url, { auth: { token: far.token }, reconnectionDelay: 10, reconnectionDelayMax: 20 });
  t.after(() => socket.close());
  const store = workflowProgress("build", { socket });
  const leave = store.subscribe(() => {});
  await eventually("connected", () => socket.connected);
  assert.deepEqual(await socket.emitWithAck("workflow:watch", { session_id: "s" }), { success: true });
  step(far, "s", "a", 12);
  await eventually("the step", () => store.progress === 12);
  far.drop();
  await eventually("connected again", () => far.joined === 1);
  step(far, "s", "a", 13);
  await eventually("the next step", () => store.progress === 13);
  leave();
  step(far, "s", "a", 14);
  socket.emit("workflow:watch", {}, () => {});
  assert.ok(socket.connected); // it is not ours to close
});

test("a refusal is told, without the token", async (t) => {
  const far = await fakeSocketIO();
  t.after(() => far.close());
  const store = workflowProgress("build", { url: far.url, token: "hrld_wrong-and-secret-00000", WebSocket });
  t.after(store.subscribe(() => {}));
  await eventually("refused", () => store.error !== null);
  assert.equal(store.error.message, "the token is not good");
});

test("a server that is away is told of, and one connection serves many stores", async (t) => {
  const far = await fakeSocketIO();
  const { url, token } = far;
  const source = listen({ url, token, WebSocket });
  t.after(() => source.close());
  const [a, b] = ["s1", "s2"].map((sessionId) => workflowProgress("build", { sessionId, socket: source }));
  const leaves = [a, b].map((store) => store.subscribe(() => {}));
  await eventually("connected", () => far.joined === 1);
  assert.deepEqual(far.watched, []);
  step(far, "s1", "x", 1);
  step(far, "s2", "x", 2);
  await eventually("both", () => a.progress === 1 && b.progress === 2);
  leaves.forEach((leave) => leave());
  assert.equal(far.joined, 1);
  a.subscribe(() => {});
  far.close();
  await eventually("away", () => a.error?.name === "Away");
});
