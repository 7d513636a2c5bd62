/** The far side of the tests: a real server, which the Go test stops and starts. */
import assert from "node:assert/strict";
import { Client, newTaskId } from "../index.js";

delete globalThis.WebSocket; // so that each test is the same in every Node

export const url = process.env.HERALD_URL;
export const token = process.env.HERALD_TOKEN;

/** A client of the server. */
export const client = (options) => new Client({ url, token, ...options });

/** Has the server do something: stop, start, forget; cut/N (the answers of so many POSTs), lose/N (of so many requests of reports). */
export async function far(what) {
  const response = await fetch(`${process.env.CONTROL}/${what}`, { method: "POST" });
  assert.equal(response.status, 204, what);
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something holds. */
export async function eventually(what, holds, patience = 30_000) {
  for (const until = Date.now() + patience; !(await holds()); await pause(10)) {
    assert.ok(Date.now() < until, `it did not come to that: ${what}`);
  }
}

/** All of a task's milestones. */
export async function milestones(c, id) {
  const out = [];
  for (let since = 0; since !== null;) {
    const page = await c.events(id, { since, limit: 1000 });
    out.push(...page.events);
    since = page.next;
  }
  return out;
}

/** All of a task's output. */
export async function output(c, id) {
  const out = [];
  for (let since = 0; since !== null;) {
    const page = await c.logs(id, { since, limit: 10_000 });
    out.push(...page.logs.map((l) => l.line));
    since = page.next;
  }
  return out;
}

/** A reporter that notes what it hears. */
export function heard(c, options = {}) {
  const said = { controls: [], troubles: [] };
  const r = c.reporter({
    task: newTaskId(), draft: { title: "Test" }, ...options,
    onControl: (control, answer) => said.controls.push([control, answer.step ?? 0]),
    onTrouble: (error) => said.troubles.push(error),
  });
  return Object.assign(said, { r });
}
