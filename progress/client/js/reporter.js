import { Backoff, Bell, sleep } from "./backoff.js";
import { Ear } from "./ear.js";
import { newTaskId, randomText } from "./id.js";
import { Link, badToken } from "./link.js";
import { Outbox } from "./outbox.js";

const linger = 50; // milliseconds in which output is gathered before it is sent
const deaf = 3000; // milliseconds between heartbeats: commands are heard by their answers alone

/**
 * Reports on one task without ever holding up the work: its methods never throw
 * and never wait for the network. What is given to it waits in memory and is sent
 * in order, again and again until it is answered; each report counts once.
 *
 * Percents that wait are merged. Of those that the server was away for too long
 * to take, the oldest percents go first.
 */
export class Reporter {
  #box;
  #ear;
  #link;
  #beat;
  #stop = new AbortController();
  #wake = new Bell(); // there may be something to say
  #print = new Bell(); // there may be output to send
  #retry = new Bell(); // reports may be tried at once
  #reprint = new Bell(); // output may be tried at once
  #hurried = 0; // how many wait in flush
  #due = 0; // when the next heartbeat is, by performance.now()
  #over = false; // an end of the task was given
  #closing = null;
  #roads;

  /** How many reports were let go because too many waited. */
  lost = 0;

  /** @param {import("./index.d.ts").ReporterOptions} options */
  constructor(http, { task, draft, worker, lease, run, attempt, keep = 1000, beat = deaf, ...callbacks }) {
    this.#ear = new Ear(callbacks);
    this.#box = new Outbox(Math.max(1, keep));
    this.#beat = beat;
    this.#link = new Link(http, {
      task: task || draft?.id || newTaskId(), worker: worker || `worker-${randomText()}`, lease, box: this.#box, ear: this.#ear,
      draft: draft && this.#copied(draft),
    });
    this.begin(run, attempt);
    this.#rest();
    this.#roads = Promise.all([this.#talk(), this.#write()]).catch((error) => this.#ear.refused(error)); // a defect of ours is not the work's
  }

  /** The id of the task. */
  get task() {
    return this.#link.task;
  }

  /** The reporter's name among the task's workers. */
  get worker() {
    return this.#link.worker;
  }

  /** Gives a report: whatever has changed. It is of now, unless it says `at`. */
  report(report) {
    this.#safely(() => {
      const said = plain({ ...report, at: report?.at ?? new Date() });
      this.#over ||= ["completed", "failed", "cancelled"].includes(said.status);
      const lost = this.#box.report(said);
      if (lost > 0) this.#full(lost);
      this.#wake.ring();
    });
  }

  /** Reports on a step: a percent, a status, a substep, or only that it is under way. */
  step(name, { progress, status, substep, done, ...more } = {}) {
    const begun = progress === undefined && status === undefined && substep === undefined;
    this.report({ ...more, step: name, step_progress: progress, step_status: begun ? "running" : status, substep, substep_done: done });
  }

  /** Gives lines of output: a text, or {line, level, step, at}, or several. */
  log(lines) {
    this.#safely(() => {
      for (const line of [lines].flat()) {
        const { at = new Date(), ...more } = line !== null && typeof line === "object" ? line : { line };
        const texts = String(more.line ?? "").split(/\r?\n/);
        if (texts.length > 1 && texts.at(-1) === "") texts.pop();
        for (const text of texts) this.#box.log({ ...more, at: new Date(at).toISOString(), line: text });
      }
      this.#print.ring();
    });
  }

  /** Has a heartbeat sent at once, after the reports that wait. */
  heartbeat() {
    this.#due = 0;
    this.#wake.ring();
  }

  /** Says that the task is completed. */
  done(result) {
    this.report({ status: "completed", result });
  }

  /** Says that the task has failed: an error, a text, or {type, message, details}. */
  fail(error) {
    this.report({ status: "failed", error: fault(error) });
  }

  /** Says that what is reported from now on belongs to that run and attempt. */
  begin(run, attempt) {
    this.#over = false;
    this.#box.run = run || undefined;
    this.#box.attempt = attempt || undefined;
  }

  /** Waits until all that was given before is answered. False if the time was up first. */
  async flush({ timeout = 10_000 } = {}) {
    const end = now() + timeout;
    const mark = this.#box.mark;
    const moved = new Bell();
    const leave = this.#box.watch(() => moved.ring());
    const done = () => this.#box.through(mark) && this.#link.exists;
    this.#hurry(1);
    while (!done() && now() < end && !this.#stop.signal.aborted) await moved.wait(end - now(), this.#stop.signal);
    this.#hurry(-1);
    leave();
    return done();
  }

  /**
   * Sends what waits, as long as the time allows, and ends the reporter. It says
   * how many reports and lines are left unsent, how many were lost, and why.
   */
  close(options) {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  async #close({ timeout = 10_000 } = {}) {
    const end = now() + timeout;
    const flushed = this.flush({ timeout });
    this.#safely = () => {};
    if ((await flushed) && this.#confess()) await this.flush({ timeout: end - now() });
    this.#stop.abort();
    await this.#roads;
    const left = this.#box.size + (this.#link.exists ? 0 : 1); // the task itself
    return { left, lost: this.lost, error: (left > 0 ? this.#ear.reason : null) ?? this.#ear.lost };
  }

  /** Does something that must not fail the work, until the reporter is closed. */
  #safely = (work) => {
    try {
      work();
    } catch (error) {
      this.#ear.refused(error);
    }
  };

  #full(lost) {
    this.lost += lost;
    const first = this.lost === lost;
    if (first) this.#ear.tell(new Error("the server is away for so long that reports are let go, percents first"));
  }

  #hurry(by) {
    this.#hurried += by;
    this.#print.ring();
    if (by < 0) return;
    this.#retry.ring();
    this.#reprint.ring();
  }

  /** Sends reports and heartbeats, one request at a time. */
  async #talk() {
    const signal = this.#stop.signal;
    for (const pace = new Backoff(); !signal.aborted;) {
      const error = await this.#tried("reports", () => this.#say(signal));
      if (signal.aborted) return;
      if (error) {
        await wait(pace, error, this.#retry, signal);
        continue;
      }
      pace.reset();
      this.#confess();
      if (this.#ear.isAway("output")) this.#reprint.ring();
      if (this.#box.reports.size === 0) await this.#wake.wait(this.#idle(), signal);
    }
  }

  /** How long there is nothing to say: until a heartbeat is due, for ever when the work is over. */
  #idle() {
    return this.#over ? Infinity : this.#due - now();
  }

  /** Sends the next reports, else the task itself, else a heartbeat that is due. */
  async #say(signal) {
    if (this.#box.reports.size > 0) {
      await this.#link.reports(signal);
    } else if (this.#idle() > 0) {
      await this.#link.create(signal);
      return;
    } else {
      await this.#link.beat(signal);
    }
    this.#rest();
  }

  #rest() {
    this.#due = now() + this.#beat;
  }

  /** Writes sends output. */
  async #write() {
    const signal = this.#stop.signal;
    for (const pace = new Backoff(); !signal.aborted;) {
      if (this.#box.logs.size === 0) {
        await this.#print.wait(Infinity, signal);
        if (this.#hurried === 0) await sleep(linger, signal);
        continue;
      }
      const error = await this.#tried("output", () => this.#link.lines(signal));
      if (signal.aborted) return;
      if (error) {
        await wait(pace, error, this.#reprint, signal);
        continue;
      }
      pace.reset();
      if (this.#ear.isAway("reports")) this.#retry.ring();
    }
  }

  /** Does one request of a road, and notes how it went. */
  async #tried(road, work) {
    let error = null;
    try {
      await work();
    } catch (failed) {
      error = failed;
    }
    if (!error || !this.#stop.signal.aborted) this.#ear.state(road, error); // that the server is back is told at the very end, too
    return error;
  }

  #confessed = 0; // how many lost reports the task's output tells of

  /** Writes into the task's output how many reports were lost. Says whether there was anything to tell. */
  #confess() {
    const lost = this.lost - this.#confessed;
    if (lost === 0) return false;
    this.#confessed = this.lost;
    this.#box.log({ at: new Date().toISOString(), level: "warn", line: `… ${lost} reports are left out here: the server was away for too long …` });
    this.#print.ring();
    return true;
  }

  #copied(draft) {
    try {
      return JSON.parse(JSON.stringify(draft));
    } catch (error) {
      this.#ear.refused(error);
      return undefined;
    }
  }
}

/** Waits before the next try: as long as the server asked, or as the pace says. */
function wait(pace, error, soon, signal) {
  const asked = error.status === 401 ? Math.max(error.after, badToken) : (error.after ?? 0);
  return asked > 0 ? sleep(pace.next(asked), signal) : soon.wait(pace.next(), signal);
}

const now = () => globalThis.performance.now();

const maxText = 4000; // characters of a message that the server takes

/** A report as it is now, whatever becomes of its parts later. */
function plain(report) {
  const copy = JSON.parse(JSON.stringify(report));
  for (const [name, value] of Object.entries(copy)) {
    if (value === null && name !== "result") delete copy[name];
  }
  if (copy.message !== undefined) copy.message = shortened(copy.message);
  if (typeof copy.error === "string") copy.error = shortened(copy.error);
  else if (copy.error) copy.error.message = shortened(copy.error.message ?? "");
  return copy;
}

/** The beginning of a text that is too long to be taken: better than none of it. */
function shortened(text) {
  const whole = String(text);
  return whole.length <= maxText ? whole : `${Array.from(whole).slice(0, maxText - 1).join("")}…`;
}

/** An error as the wire has it. */
function fault(error) {
  if (error instanceof Error) return { type: error.name, message: error.message };
  return error !== null && typeof error === "object" ? error : error === undefined || error === null ? undefined : String(error);
}
