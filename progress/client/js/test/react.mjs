import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";
import { eventually } from "./far.mjs";
import { fakeSocketIO, move, step } from "./fake-socketio.mjs";

const require = createRequire(import.meta.url);
const { JSDOM } = require("jsdom");
const { WebSocket } = require("undici"); // the one of newer Nodes
const { window } = new JSDOM("<div id=app></div>");
for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) {
  Object.defineProperty(globalThis, name, { value, configurable: true }); // newer Nodes have a navigator that cannot be set
}
const { StrictMode, createElement: e } = await import("react");
const { createRoot } = await import("react-dom/client");
const { renderToString } = await import("react-dom/server");
const { useWorkflowProgress } = await import("../react.js");

test("a component follows a workflow, and leaves", async (t) => {
  const far = await fakeSocketIO();
  t.after(() => far.close());
  let w;
  function View({ sessionId }) {
    w = useWorkflowProgress("build", { url: far.url, token: far.token, WebSocket, sessionId });
    return e("p", null, `${w.sessionId} ${w.step} ${w.progress} ${w.isInProgress} ${w.isComplete} ${w.estimatedTimeRemaining}`);
  }
  const root = createRoot(document.querySelector("#app"));
  const render = (props) => root.render(e(StrictMode, null, e(View, props)));
  const shows = (text) => eventually(text, () => document.querySelector("#app").textContent === text);
  render({});
  await shows("null null 0 false false null");
  await eventually("connected once", () => far.joined === 1);
  step(far, "s1", "<b>Fetch</b>", 40, { estimated_time_remaining: 7 });
  await shows("s1 <b>Fetch</b> 40 true false 7");
  assert.deepEqual(w.metadata, { estimated_time_remaining: 7 });
  assert.ok(w.startTime > 0);
  move(far, "s1", "Completed");
  await shows("s1 <b>Fetch</b> 100 false true 0");
  w.reset();
  await shows("null null 0 false false null");
  render({ sessionId: "s2" }); // another connection
  await eventually("watched", () => far.watched.at(-1)?.session_id === "s2" && far.joined === 1);
  step(far, "s1", "x", 1);
  step(far, "s2", "y", 2, { estimated_time_remaining: 1 });
  await shows("s2 y 2 true false 1");
  root.unmount();
  await eventually("left", () => far.joined === 0);
});

test("a server that renders pages does not listen", async (t) => {
  const far = await fakeSocketIO();
  t.after(() => far.close());
  function View() {
    return e("p", null, useWorkflowProgress("build", { url: far.url, token: far.token, WebSocket }).progress);
  }
  assert.equal(renderToString(e(View)), "<p>0</p>");
  assert.deepEqual(far.urls, []);
});
