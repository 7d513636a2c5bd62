import assert from "node:assert/strict";
import test from "node:test";
import { Backlog } from "../backlog.js";
import { Output } from "../output.js";

let given = 0;
const put = (b, report) => {
  const e = { report, first: ++given };
  return [e, b.add(e)];
};
const said = (b) => b.waiting.map((e) => e.report);

test("what is newer of the whole task stays newer", () => {
  const b = new Backlog(100);
  put(b, { step: "a", step_status: "running" });
  put(b, { step: "b", step_status: "running" });
  put(b, { step: "a", step_progress: 1, progress: 10, message: "old", metrics: { x: 1, y: 1 } });
  put(b, { step: "b", step_progress: 2, progress: 20, message: "new", metrics: { x: 2 } });
  put(b, { step: "a", step_progress: 3 });
  assert.deepEqual(JSON.parse(JSON.stringify(said(b).slice(2))), [
    { step: "b", step_progress: 2, progress: 20, message: "new", metrics: { x: 2 } },
    { step: "a", step_progress: 3, metrics: { y: 1 } },
  ]);
});

test("nothing is merged over what may not be", () => {
  const b = new Backlog(100);
  put(b, { step: "a", step_status: "running" });
  const tick = () => put(b, { step: "a", step_progress: 1 });
  for (const between of [{ metadata: {} }, { result: null }, { status: "running" }, { substep: "x" }, { error: "x" }, { seq: 4 }, { step: "a", step_status: "completed" }]) {
    tick();
    put(b, between);
  }
  tick();
  tick();
  assert.equal(b.waiting.length, 1 + 7 + 7 + 1);
});

test("what is under way is neither merged nor let go, and is sent again as it was", () => {
  const b = new Backlog(4);
  put(b, { step: "a", step_status: "running" });
  put(b, { step: "a", step_progress: 1 });
  const [first, second] = b.take();
  put(b, { step: "a", step_progress: 2 });
  assert.deepEqual(b.take(), [first, second]);
  assert.equal(second.report.seq, first.report.seq + 1);
  put(b, { metadata: { n: 1 } });
  assert.equal(put(b, { metadata: { n: 2 } })[1], 1); // the waiting percent goes
  assert.equal(put(b, { metadata: { n: 3 } })[1], 1); // then what is newest
  assert.equal(put(b, { status: "failed" })[1], 0); // but no end
  assert.deepEqual(said(b), [{ metadata: { n: 1 } }, { metadata: { n: 2 } }, { status: "failed" }]);
  assert.deepEqual(b.take(), [first, second]);
  const before = first.report.seq;
  b.settle(new Set([second]), true); // the later one was taken
  assert.deepEqual(b.take(), [first]);
  assert.ok(first.report.seq > before + 1);
  b.settle(new Set([first]));
  assert.equal(b.take().length, 3);
});

test("the middle of too much output is left out", () => {
  const out = new Output();
  for (let n = 1; n <= 30_000; n++) out.add({ line: `${n}`, given: n, at: "now" });
  const got = [];
  for (let parcel; (parcel = out.take()); out.settle(parcel)) {
    assert.equal(out.take(), parcel); // until it is settled
    got.push(...parcel.lines.map((l) => l.line));
  }
  const gap = got.findIndex((line) => line.startsWith("…"));
  assert.match(got[gap], /^… 1000\d lines are left out here/);
  assert.deepEqual([got[0], got.at(-1), got.length, Number(got[gap + 1]) - gap - 1], ["1", "30000", 30_001 - Number(/\d+/.exec(got[gap])[0]), Number(/\d+/.exec(got[gap])[0])]);
  assert.equal(out.size, 0);
});

test("a parcel that is refused is halved, down to the line at fault", () => {
  const out = new Output();
  for (const line of ["a", "b", "bad", "c"]) out.add({ line, given: ++given });
  const taken = [];
  const keys = new Set();
  for (let parcel; (parcel = out.take());) {
    assert.ok(!keys.has(parcel.key)); // other lines, another key
    keys.add(parcel.key);
    if (parcel.lines.some((l) => l.line === "bad") && parcel.lines.length > 1) {
      out.split(parcel);
      continue;
    }
    if (parcel.lines[0].line !== "bad") taken.push(...parcel.lines.map((l) => l.line));
    out.settle(parcel);
  }
  assert.deepEqual(taken, ["a", "b", "c"]);
});
