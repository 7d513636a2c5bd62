import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { Away, Client, Problem, newTaskId } from "../index.js";
import { client, far, heard, token, url } from "./far.mjs";

/** A far side that answers each request as told. */
async function fake(t, answer) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => { server.closeAllConnections(); server.close(); });
  return `http://127.0.0.1:${server.address().port}`;
}

const fails = async (promise, kind) => {
  const error = await promise.then(() => assert.fail("it did not fail"), (e) => e);
  assert.ok(error instanceof kind, `${error.name}: ${error.message}`);
  assert.ok(!`${error.stack} ${JSON.stringify(error)}`.includes(token));
  return error;
};

test("a task is made, read, reported on and commanded", async () => {
  const c = client();
  assert.equal(c.url, url);
  const draft = { id: newTaskId(), title: "Import", kind: "import", labels: { env: "prod" }, steps: [{ name: "Load", substeps: ["a"] }, { name: "Check" }] };
  const made = await c.createTask(draft);
  assert.equal(made.task_id, draft.id);
  assert.deepEqual(await c.createTask(draft), made); // the same again
  await fails(c.createTask({ ...draft, title: "Another" }), Problem);
  assert.match((await c.createTask({ title: "No id" })).task_id, /^[0-9a-z]{18}$/);
  const answer = await c.report(draft.id, { step: "Load", step_progress: 40, message: "row 4" });
  assert.deepEqual([answer.status, answer.control], ["running", null]);
  const now = await c.progress(draft.id);
  assert.deepEqual([now.progress, now.current_step, now.total_steps, now.steps[0].substeps[0].status], [20, 1, 2, "running"]);
  assert.equal((await c.heartbeat(draft.id, { worker: "w" })).task_id, draft.id);
  await c.log(draft.id, ["one", { line: "two", level: "error" }]);
  assert.deepEqual((await c.logs(draft.id, { level: ["error", "warn"] })).logs.map((l) => l.line), ["two"]);
  assert.deepEqual((await c.events(draft.id, { since: 1 })).events.map((e) => e.type), ["task.started", "step.started"]);
  assert.deepEqual((await c.history(draft.id)).runs, []);
  assert.equal((await c.me()).person, "admin");
  assert.ok(await c.stats());
  assert.equal((await c.pause(draft.id, { reason: "lunch" })).status, "paused");
  const conflict = await fails(c.pause(draft.id), Problem);
  assert.deepEqual([conflict.status, conflict.code], [409, "conflict"]);
  assert.equal((await c.resume(draft.id)).status, "running");
  await c.report(draft.id, { step: "Load", step_status: "failed", error: "no rows" });
  assert.equal((await c.retry(draft.id, { inputs: { from: 2 } })).attempt, 2);
  assert.match((await fails(c.retry(draft.id), Problem)).message, /no step has failed: the task is pending/);
  assert.equal((await c.cancel(draft.id)).status, "cancelled");
  assert.equal((await c.restart(draft.id)).run, 2);
});

test("approvals are asked for, waited for and decided", async () => {
  const c = client();
  const { task_id: id } = await c.createTask({ title: "Gated", steps: [{ name: "a" }, { name: "b" }] });
  await c.report(id, { step: "a", step_status: "running" });
  assert.equal((await c.ask(id, 1, { prompt: "Sure?" })).control, "wait");
  const waiting = c.approval(id, 1, { wait: 30 });
  await c.approve(id, { reason: "yes" });
  assert.deepEqual([(await waiting).status, (await waiting).control], ["approved", "proceed"]);
  assert.match((await fails(c.reject(id), Problem)).message, /no step waits for a decision/);
  assert.equal((await c.skip(id)).steps[0].status, "skipped");
});

test("tasks are listed page after page", async () => {
  const c = client();
  const ids = [];
  for (let i = 0; i < 7; i++) ids.unshift((await c.createTask({ title: `Listed ${i}`, kind: "listed", labels: { n: String(i), all: "yes" } })).task_id);
  const got = [];
  for await (const task of c.tasks({ kind: "listed", limit: 3, status: ["pending", "running"], labels: { all: "yes" }, created_from: new Date(0) })) got.push(task.task_id);
  assert.deepEqual(got, ids);
  assert.equal((await c.tasksPage({ kind: "listed", labels: { n: "2" } })).tasks.length, 1);
});

test("a claimed task is worked on", async () => {
  const c = client();
  assert.equal(await c.claim({ kinds: ["claimed"], worker: "w" }), null);
  const { task_id: id } = await c.createTask({ title: "Claimed", kind: "claimed" });
  const claimed = await c.claim({ kinds: ["claimed"], worker: "w", wait: 5 });
  assert.equal(claimed.task_id, id);
  const { lease, run, attempt } = claimed;
  const { r } = heard(c, { task: id, draft: undefined, worker: "w", lease, run, attempt });
  r.report({ progress: 50 });
  r.done();
  assert.deepEqual(await r.close(), { left: 0, lost: 0, error: null });
  assert.equal((await c.task(id)).status, "completed");
});

test("a refusal says what is wrong, and nothing secret", async () => {
  const c = client();
  const missing = await fails(c.task("nowhere"), Problem);
  assert.equal(missing.status, 404);
  const { task_id: id } = await c.createTask({ title: "x" });
  const wrong = await fails(c.report(id, { progress: 101 }), Problem);
  assert.deepEqual([wrong.status, wrong.code, wrong.errors[0].field], [400, "invalid", "progress"]);
  assert.ok(wrong.requestId && wrong.title && wrong.detail);
  await c.cancel(id);
  assert.deepEqual((await fails(c.report(id, { progress: 1 }), Problem)).state.control, "cancel");
  assert.equal((await fails(client({ token: "hrld_wrong-and-secret-0000" }).task(id), Problem)).status, 401);
});

test("what decides nothing is Away", async (t) => {
  await far("stop");
  assert.match((await fails(client().task("x"), Away)).message, /cannot be reached: .*ECONNREFUSED/);
  await far("start");
  const page = await fake(t, (q, w) => w.writeHead(502, { "Content-Type": "text/html" }).end("<h1>Bad Gateway</h1>"));
  assert.match((await fails(client({ url: page }).task("x"), Away)).message, /not Herald answered with status 502/);
  const other = await fake(t, (q, w) => w.writeHead(200, { "Content-Type": "text/html" }).end("<h1>Hello</h1>"));
  await fails(client({ url: other }).task("x"), Away);
  const busy = await fake(t, (q, w) => w.writeHead(503, { "Content-Type": "application/problem+json", "Retry-After": "7" }).end('{"code":"unavailable","detail":"not now"}'));
  const away = await fails(client({ url: busy }).task("x"), Away);
  assert.deepEqual([away.message, away.after, away.problem.status], ["not now", 7000, 503]);
  const slow = await fake(t, () => {});
  assert.match((await fails(client({ url: slow, timeout: 50 }).task("x"), Away)).message, /in time/);
  const signal = AbortSignal.timeout(50);
  assert.equal((await fails(client({ url: slow }).task("x", { signal }), DOMException)).name, "TimeoutError");
});

test("a token goes to its own server only", async (t) => {
  const got = [];
  const thief = await fake(t, (q, w) => { got.push(q.headers); w.end("{}"); });
  const sender = await fake(t, (q, w) => w.writeHead(307, { Location: `${thief}${q.url}` }).end());
  await fails(client({ url: sender }).createTask({ title: "x" }), Away);
  assert.deepEqual(got, []);
  for (const bad of ["http://admin:hrld_x@127.0.0.1", "ftp://127.0.0.1", "http://127.0.0.1/?token=hrld_x", "::"]) {
    assert.throws(() => new Client({ url: bad }), (e) => e instanceof TypeError && !e.message.includes("hrld_x"));
  }
  assert.equal(new Client({ url: "http://127.0.0.1/herald/" }).url, "http://127.0.0.1/herald");
  assert.equal(new Client().url, "http://127.0.0.1:8080");
});
