import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import test from "node:test";
import { Away, Problem, newTaskId } from "../index.js";
import { client, eventually, far, heard, milestones, output, pause, token } from "./far.mjs";

const names = (n) => Array.from({ length: n }, (_, i) => `step ${i + 1}`);

/** What a job of so many steps must leave behind: every step begun and ended, in order. */
async function whole(c, id, n) {
  const events = await milestones(c, id);
  assert.deepEqual(events.map((e) => e.seq), events.map((_, i) => i + 1));
  const task = await c.task(id);
  const stepped = (type) => events.filter((e) => e.type === type).map((e) => task.steps[e.step - 1].name);
  assert.deepEqual(stepped("step.started"), names(n));
  assert.deepEqual(stepped("step.completed"), names(n));
  assert.deepEqual(await output(c, id), names(n).flatMap((name) => [`${name} begins`, `${name} ends`]));
  assert.equal(task.status, "completed");
  assert.deepEqual(task.result, { rows: n });
}

async function job(r, n, between = () => {}) {
  for (const [i, name] of names(n).entries()) {
    r.step(name);
    r.log(`${name} begins`);
    for (const percent of [10, 30, 50, 70, 90]) r.step(name, { progress: percent, message: `${percent} of ${name}` });
    r.log(`${name} ends`);
    r.step(name, { status: "completed" });
    await between(i);
  }
  r.done({ rows: n });
}

test("nothing is lost when the server is stopped in the middle", async () => {
  const c = client();
  const { r, troubles } = heard(c);
  await job(r, 60, async (i) => {
    await pause(5);
    if (i === 20 || i === 40) await far("stop");
    if (i === 30 || i === 50) await far("start");
  });
  assert.deepEqual(await r.close({ timeout: 30_000 }), { left: 0, lost: 0, error: null });
  await whole(c, r.task, 60);
  assert.ok(troubles.some((t) => t instanceof Away) && troubles.at(-1) === null);
});

test("nothing is lost or doubled when answers are", async () => {
  const sent = new Map(); // the reports by their seq
  let again = 0;
  const c = client({ fetch: (url, init) => {
    for (const line of String(url).endsWith("/api/reports") ? init.body.trim().split("\n") : []) {
      const { seq } = JSON.parse(line);
      assert.ok(seq > 0 && line === (sent.get(seq) ?? line));
      again += sent.has(seq);
      sent.set(seq, line);
    }
    return fetch(url, init);
  } });
  await far("cut/1"); // of its creation
  const { r } = heard(c);
  assert.ok(await r.flush({ timeout: 30_000 }));
  await job(r, 30, async (i) => {
    if (i % 5 === 0) await far("cut/3"); // these are done, and nobody hears of it
    if (i % 5 === 2) await far("lose/2");
    await pause(5);
  });
  assert.equal((await r.close({ timeout: 30_000 })).left, 0);
  await whole(c, r.task, 30);
  assert.ok(again > 0 && sent.size >= 91, `${again} again, of ${sent.size}`);
});

test("a server that is away from the start gets it all", async () => {
  await far("stop");
  const c = client();
  const { r, troubles } = heard(c, { draft: { title: "Late", kind: "import", steps: [{ name: "step 1", substeps: ["a", "b"] }] } });
  await job(r, 12);
  assert.equal(await r.flush({ timeout: 100 }), false);
  await far("start");
  assert.equal((await r.close({ timeout: 30_000 })).left, 0);
  await whole(c, r.task, 12);
  assert.equal((await c.task(r.task)).kind, "import");
  assert.equal(troubles.length, 2); // away and back
});

test("what could not be sent is counted", async () => {
  await far("stop");
  const { r } = heard(client());
  r.step("a");
  r.log("x\ny\n");
  const begin = Date.now();
  const closed = await r.close({ timeout: 200 });
  assert.ok(Date.now() - begin < 5000);
  assert.equal(closed.left, 4); // the report, two lines, and the task itself
  assert.ok(closed.error instanceof Away);
  r.step("b");
  assert.deepEqual(await r.close(), closed);
  await far("start");
});

test("the oldest percents give way, and the task says so", async () => {
  await far("stop");
  const c = client();
  const { r, troubles } = heard(c, { keep: 40 });
  for (const name of names(10)) r.step(name);
  for (let i = 0; i < 100; i++) {
    r.step(`step ${(i % 10) + 1}`, { progress: i }); // merged, as nothing stands between
    if (i % 2) r.report({ metadata: { i } });
  }
  for (let i = 0; i < 5; i++) r.report({ metadata: { last: i } });
  r.done();
  assert.ok(r.lost > 0);
  await far("start");
  assert.ok(await r.flush({ timeout: 30_000 }));
  await eventually("the task says so", async () => (await output(c, r.task)).length === 1);
  const { left, lost } = await r.close({ timeout: 30_000 });
  assert.equal(left, 0);
  assert.equal(lost, r.lost);
  const task = await c.task(r.task);
  assert.equal(task.status, "completed");
  assert.deepEqual(task.steps.map((s) => s.name), names(10));
  assert.deepEqual(await output(c, r.task), [`… ${lost} reports are left out here: the server was away for too long …`]);
  assert.ok(troubles.some((t) => /let go/.test(t?.message)));
});

test("percents are merged, and only those", async () => {
  await far("stop");
  const c = client();
  const seen = [];
  const { r } = heard({ reporter: (o) => c.reporter({ ...o, onAnswer: (a) => seen.push(a) }) });
  r.step("a");
  for (let i = 0; i <= 90; i++) r.report({ step: "a", step_progress: i, message: `at ${i}`, metrics: { rows: i, [`m${i % 3}`]: i } });
  r.step("a", { status: "completed" });
  r.step("b", { progress: 1 }); // its first word begins it
  r.step("b", { progress: 2 });
  await far("start");
  assert.ok(await r.flush({ timeout: 30_000 }));
  const task = await c.task(r.task);
  assert.equal(task.message, "at 90");
  assert.deepEqual(task.metrics, { rows: 90, m0: 90, m1: 88, m2: 89 });
  assert.deepEqual(task.steps.map((s) => [s.name, s.status, s.progress]), [["a", "completed", 100], ["b", "running", 2]]);
  assert.equal(seen.length, 5); // begin, one percent, end, begin of b, one percent
  await r.close();
});

test("control is heard by answers, once", async () => {
  const c = client();
  const { r, controls } = heard(c, { beat: 20 });
  r.step("a");
  await r.flush();
  await c.pause(r.task, { reason: "lunch" });
  await eventually("pause", () => controls.length === 1);
  await pause(100);
  await c.resume(r.task);
  await eventually("resume", () => controls.length === 2);
  await c.cancel(r.task);
  await eventually("cancel", () => controls.length === 3);
  r.step("b");
  await r.flush();
  assert.deepEqual(controls.map(([control]) => control), ["pause", "resume", "cancel"]);
  await r.close();
});

test("a gate is waited for", async () => {
  const c = client();
  const { r, controls } = heard(c, { beat: 20, draft: { title: "Gated", steps: [{ name: "go live", approval: { prompt: "Sure?" } }] } });
  r.step("go live");
  await eventually("wait", () => controls.at(-1)?.[0] === "wait");
  await c.approve(r.task, { reason: "yes" });
  await eventually("proceed", () => controls.at(-1)?.[0] === "proceed");
  assert.deepEqual(controls, [["wait", 1], ["proceed", 1]]);
  r.step("go live", { status: "completed" });
  r.done();
  assert.equal((await r.close()).left, 0);
  assert.equal((await c.task(r.task)).status, "completed");
});

test("a task that the server has forgotten is made again", async () => {
  const c = client();
  const { r } = heard(c);
  r.step("a");
  await r.flush();
  await far("forget");
  r.step("b", { progress: 7 });
  r.done();
  assert.equal((await r.close({ timeout: 30_000 })).left, 0);
  const task = await c.task(r.task);
  assert.equal(task.status, "completed");
  assert.equal(task.steps[0].name, "b");
});

test("a task that is made again begins with another run", async () => {
  const c = client();
  const { task_id: id } = await c.createTask({ title: "Old" });
  await c.report(id, { progress: 1 });
  const { run } = await c.restart(id);
  const { r } = heard(c, { task: id, run, attempt: 1 });
  r.step("a");
  await r.flush();
  await far("forget");
  r.step("b");
  assert.deepEqual(await r.close({ timeout: 30_000 }), { left: 0, lost: 0, error: null });
  assert.deepEqual((await c.task(id)).steps.map((s) => s.name), ["b"]);
});

test("the work is never failed", async () => {
  const c = client();
  const { r, troubles } = heard(c);
  const circle = {};
  circle.self = circle;
  const errors = console.error;
  let shown = 0;
  console.error = () => shown++;
  r.report({ result: circle });
  r.report({ metadata: { big: 1n } });
  r.report(null);
  r.report({ step_progress: NaN });
  r.report({ progress: 1000 }); // out of range: the server refuses it
  r.log(null);
  r.log({ line: "x", at: "never" });
  r.log("long ".repeat(10_000) + "😀");
  r.step("a");
  const bad = c.reporter({ task: r.task, onAnswer() { throw new Error("mine"); }, onTrouble: async () => { throw new Error("mine"); } });
  bad.step("a", { progress: 5 });
  bad.report({ result: circle });
  await bad.close();
  r.fail(new TypeError("it broke ".repeat(1000)));
  const closed = await r.close();
  console.error = errors;
  assert.equal(closed.left, 0);
  assert.equal(shown, 2);
  assert.ok(closed.error instanceof Problem || closed.error instanceof TypeError || closed.error instanceof RangeError);
  assert.ok(troubles.some((t) => t instanceof Problem && t.status === 400 && /progress/.test(t.message)));
  const task = await c.task(r.task);
  assert.equal(task.status, "failed");
  assert.equal(task.error.type, "TypeError");
  const lines = await output(c, r.task);
  assert.equal(lines[0], "");
  assert.equal(lines.slice(1).join(""), "long ".repeat(10_000) + "😀");
});

test("a token that is no good is waited for, and shown to nobody", async () => {
  const secret = "hrld_a-secret-that-nobody-may-read";
  let asked = 0;
  const c = client({ token: secret, fetch: (...request) => { asked++; return fetch(...request); } });
  const { r, troubles } = heard(c);
  r.step("a", { message: `with ${secret}` });
  const closed = await r.close({ timeout: 500 });
  assert.equal(closed.left, 2);
  assert.ok(asked <= 2, `asked ${asked} times`); // the server counts wrong tokens
  assert.equal(closed.error.problem.status, 401);
  for (const e of [...troubles, closed.error]) assert.ok(!`${e.stack} ${JSON.stringify(e)} ${e.cause}`.includes(secret));
  assert.throws(() => client({ token: `${secret}\n` }), (e) => !e.message.includes(secret));
  const good = heard(client());
  good.r.step("a", { message: `with ${token}` });
  good.r.log(`and ${token}`);
  await good.r.close();
  const told = JSON.stringify([await client().task(good.r.task), await output(client(), good.r.task)]);
  assert.ok(told.includes("with ***") && told.includes("and ***") && !told.includes(token));
});

test("a program that does not close it ends when all is sent", async () => {
  await far("stop");
  const id = newTaskId();
  const program = `
    import { Client } from ${JSON.stringify(new URL("../index.js", import.meta.url))};
    const r = new Client({ url: process.env.HERALD_URL, token: process.env.HERALD_TOKEN }).reporter({ draft: { id: ${JSON.stringify(id)}, title: "Short" } });
    r.step("a");
    r.log("said");
    r.done();`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await pause(500);
  assert.equal(child.exitCode, null); // it waits for the server
  await far("start");
  assert.equal(await ended, 0);
  assert.equal((await client().task(id)).status, "completed");
  assert.deepEqual(await output(client(), id), ["said"]);
});

test("an id that exists is the task", async () => {
  const c = client();
  const id = newTaskId();
  await c.createTask({ id, title: "Mine", steps: [{ name: "a" }] });
  const { r, troubles } = heard(c, { task: id });
  r.step("a", { status: "completed" });
  assert.deepEqual(await r.close(), { left: 0, lost: 0, error: null });
  assert.deepEqual([(await c.task(id)).title, troubles.length], ["Mine", 0]);
});
