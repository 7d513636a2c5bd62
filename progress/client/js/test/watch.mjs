import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";
import { Away, Problem, newTaskId } from "../index.js";
import { client, eventually, far, heard, pause } from "./far.mjs";

const { WebSocket } = createRequire(import.meta.url)("undici"); // the one of newer Nodes

const n = 30;
const names = Array.from({ length: n }, (_, i) => `step ${i + 1}`);

/** A job over which the server is stopped thrice. */
async function job(r) {
  for (const [i, name] of names.entries()) {
    r.step(name);
    r.log(name);
    r.step(name, { progress: 50 });
    r.step(name, { status: "completed" });
    if (i % 10 === 4) {
      await far("stop");
      await pause(30);
      await far("start");
    }
    await r.flush({ timeout: 30_000 });
  }
  r.done();
  assert.equal((await r.close({ timeout: 30_000 })).left, 0);
}

for (const [road, options] of [["server-sent events", {}], ["a WebSocket", { WebSocket }]]) {
  test(`a watch over ${road} comes back, and misses and doubles nothing`, async () => {
    const c = client(options);
    const { task_id: id } = await c.createTask({ title: "Watched" });
    const { r } = heard(c, { task: id, draft: undefined });
    const states = [];
    const frames = c.watch(id, { logs: true, lines: 0, onState: (state) => states.push(state) });
    const { value: first } = await frames.next();
    assert.equal(first.type, "snapshot");
    const worked = job(r);
    const got = [];
    for await (const frame of frames) got.push(frame);
    await worked;
    const milestones = got.filter((f) => !["progress", "log"].includes(f.type));
    assert.deepEqual(milestones.map((f) => f.seq), milestones.map((_, i) => first.seq + 1 + i));
    assert.deepEqual(got.filter((f) => f.type === "step_started").map((f) => f.step.name), names);
    assert.deepEqual(got.filter((f) => f.type === "step_complete").map((f) => f.step.name), names);
    assert.deepEqual(got.flatMap((f) => f.lines ?? []).map((l) => l.line), names);
    assert.equal(got.at(-1).type, "task_complete");
    assert.ok(states.filter((s) => s === "away").length >= 3 && states.at(-1) === "live", String(states));
  });

  test(`a watch over ${road} of a task that has ended`, async () => {
    const c = client(options);
    const { r } = heard(c);
    r.step("a");
    r.log("said");
    r.done();
    await r.close();
    const read = async (since, more) => {
      const got = [];
      for await (const frame of c.watch(r.task, { since, ...more })) got.push(frame.type);
      return got;
    };
    assert.deepEqual(await read(), ["snapshot", "task_complete"]);
    const last = (await c.task(r.task)).seq;
    assert.equal((await read(last - 1)).filter((type) => type !== "progress")[0], "task_complete");
    assert.deepEqual((await read(last)).filter((type) => type !== "progress"), []);
    const lines = (await read(last - 1, { logs: true, lines: 0 })).filter((type) => type !== "progress");
    assert.deepEqual(lines, ["log", "task_complete"]); // the output before the end
  });

  test(`a watch over ${road} is refused`, async () => {
    const read = async (c, id) => {
      for await (const frame of c.watch(id)) assert.fail(frame.type);
    };
    const refused = (status) => (e) => e instanceof Problem && e.status === status;
    await assert.rejects(read(client(options), "nowhere"), refused(404));
    await assert.rejects(read(client({ ...options, token: "hrld_wrong" }), "nowhere"), refused(401));
  });

  test(`a watch over ${road} is left`, async () => {
    const c = client(options);
    const { task_id: id } = await c.createTask({ title: "Left" });
    for await (const frame of c.watch(id)) {
      assert.equal(frame.type, "snapshot");
      break;
    }
    const frames = c.watch(id);
    await frames.next();
    const waiting = frames.next();
    await frames.return(); // while a frame is waited for
    assert.deepEqual(await waiting, { value: undefined, done: true });
    const control = new AbortController();
    setTimeout(() => control.abort(), 50);
    for await (const frame of c.watch(id, { signal: control.signal })) assert.equal(frame.type, "snapshot");
    for await (const frame of c.watch(id, { signal: control.signal })) assert.fail(frame.type);
    await far("stop");
    const tries = new AbortController();
    const away = [];
    const onState = (state, error) => { if (away.push([state, error]) === 3) tries.abort(); };
    for await (const frame of c.watch(id, { signal: tries.signal, onState })) assert.fail(frame.type);
    assert.ok(away.every(([state, error]) => state === "away" && error instanceof Away));
    await far("start");
  });
}

test("new lines only", async () => {
  const c = client();
  const { task_id: id } = await c.createTask({ title: "Lines" });
  await c.log(id, ["old"]);
  const got = [];
  for await (const frame of c.watch(id, { logs: true })) {
    if (frame.type === "snapshot") await c.log(id, ["new"]);
    if (frame.type === "log") {
      got.push(...frame.lines.map((l) => l.line));
      await c.cancel(id);
    }
  }
  assert.deepEqual(got, ["new"]);
});

test("a stream may come in pieces of any size", async () => {
  const frames = [{ type: "snapshot", seq: 1, task: { title: "é😀 data: \n" } }, { type: "task_complete", seq: 2 }];
  const [a, b] = frames.map((f) => JSON.stringify(f));
  const bytes = new TextEncoder().encode(`event: snapshot\r\nid: 1\r\ndata: ${a}\r\n\r\n: ping\n\nevent: task_complete\ndata: ${b}\n\n`);
  const body = new ReadableStream({
    start(stream) {
      for (const byte of bytes) stream.enqueue(Uint8Array.of(byte));
      stream.close();
    },
  });
  const c = client({ fetch: async () => new Response(body, { headers: { "Content-Type": "text/event-stream" } }) });
  const got = [];
  for await (const frame of c.watch("x")) got.push(frame);
  assert.deepEqual(got, frames);
});

test("a token that no subprotocol can carry goes by a stream", async () => {
  const c = client({ WebSocket: class { constructor() { assert.fail("a socket was opened"); } }, token: "hrld_a/b=" });
  await assert.rejects(c.watch("x").next(), (e) => e instanceof Problem && e.status === 401);
});

test("a stream is used where sockets do not get through", async () => {
  class Blocked extends EventTarget {
    constructor() { super(); setTimeout(() => this.onclose({ code: 1006 })); }
    close() {}
  }
  const c = client({ WebSocket: Blocked });
  const { task_id: id } = await c.createTask({ title: "Blocked" });
  for await (const frame of c.watch(id)) {
    assert.equal(frame.type, "snapshot");
    break;
  }
});

test("all tasks are watched", async () => {
  assert.throws(() => client().watchAll(), /option WebSocket/);
  const c = client({ WebSocket });
  const kind = newTaskId();
  const { task_id: first } = await c.createTask({ title: "First", kind, labels: { a: "1" } });
  await c.createTask({ title: "Other kind", kind: "other", labels: { a: "1" } });
  const got = [];
  const frames = c.watchAll({ kind, labels: { a: "1" } });
  const reading = (async () => { for await (const f of frames) got.push([f.type, f.task_id]); })();
  await eventually("the snapshot", () => got.length === 1);
  await far("stop");
  await far("start");
  await eventually("the snapshot again", () => got.length === 2);
  const { task_id: second } = await c.createTask({ title: "Second", kind, labels: { a: "1" } });
  await c.createTask({ title: "Unlabelled", kind });
  await c.cancel(first);
  await eventually("the end", () => got.length === 4);
  await frames.return();
  await reading;
  assert.deepEqual(got, [["snapshot", first], ["snapshot", first], ["task_created", second], ["task_cancelled", first]]);
});
