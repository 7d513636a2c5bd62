import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";
import { eventually } from "./far.mjs";
import { fakeSocketIO, move, step } from "./fake-socketio.mjs";

const require = createRequire(import.meta.url);
const { JSDOM } = require("jsdom");
const { WebSocket } = require("undici"); // the one of newer Nodes
const { window } = new JSDOM("<div id=app></div>");
for (const name of ["document", "Node", "Element", "HTMLElement", "SVGElement", "ShadowRoot"]) globalThis[name] = window[name];
globalThis.window = window;
const { createApp, createSSRApp, defineComponent, effectScope, h, ref } = await import("vue");
const { useWorkflowProgress } = await import("../vue.js");

test("a component follows a workflow, and leaves", async (t) => {
  const far = await fakeSocketIO();
  t.after(() => far.close());
  let w;
  const session = ref(undefined);
  const app = createApp(defineComponent({
    setup() {
      w = useWorkflowProgress("build", { url: far.url, token: far.token, WebSocket, sessionId: session });
      return () => h("p", `${w.sessionId.value} ${w.step.value} ${w.progress.value} ${w.isInProgress.value} ${w.isComplete.value} ${w.estimatedTimeRemaining.value}`);
    },
  }));
  app.mount("#app");
  const shows = (text) => eventually(text, () => document.querySelector("#app").textContent === text);
  await shows("null null 0 false false null");
  await eventually("connected", () => far.joined === 1);
  step(far, "s1", "<b>Fetch</b>", 40, { estimated_time_remaining: 7 });
  await shows("s1 <b>Fetch</b> 40 true false 7");
  assert.deepEqual(w.metadata.value, { estimated_time_remaining: 7 });
  assert.ok(w.startTime.value > 0);
  move(far, "s1", "Completed");
  await shows("s1 <b>Fetch</b> 100 false true 0");
  w.reset();
  await shows("null null 0 false false null");
  session.value = "s2"; // another connection
  await eventually("watched", () => far.watched.at(-1)?.session_id === "s2" && far.joined === 1);
  step(far, "s1", "x", 1);
  step(far, "s2", "y", 2, { estimated_time_remaining: 1 });
  await shows("s2 y 2 true false 1");
  app.unmount();
  await eventually("left", () => far.joined === 0);
});

test("a scope without a component", async (t) => {
  const far = await fakeSocketIO();
  t.after(() => far.close());
  const scope = effectScope();
  const w = scope.run(() => useWorkflowProgress("build", { url: far.url, token: far.token, WebSocket }));
  await eventually("connected", () => far.joined === 1);
  step(far, "s", "a", 3);
  await eventually("the step", () => w.progress.value === 3);
  scope.stop();
  await eventually("left", () => far.joined === 0);
});

test("a server that renders pages does not listen", async (t) => {
  const { renderToString } = require("vue/server-renderer");
  const far = await fakeSocketIO();
  t.after(() => far.close());
  const html = await renderToString(createSSRApp({
    setup() {
      const w = useWorkflowProgress("build", { url: far.url, token: far.token, WebSocket });
      return () => h("p", `${w.progress.value}`);
    },
  }));
  assert.equal(html, "<p>0</p>");
  assert.deepEqual(far.urls, []);
});
