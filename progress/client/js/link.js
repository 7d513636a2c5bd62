import { maxBatch } from "./backlog.js";
import { taskPath } from "./paths.js";
import { Away, Problem } from "./problem.js";

const maxBody = 4 << 20; // UTF-16 units of one request, beyond its first report
const maxTries = 20; // how often is sent what meets a defect of the server

/** A token that is no longer good is like a server that is away, for longer. */
const held = (error) => error instanceof Problem && error.status === 401;
export const badToken = 30_000; // milliseconds: it seldom becomes good again

/**
 * Carries what waits about one task to the server. An error of its methods means
 * that the same has to be sent again.
 */
export class Link {
  #http;
  #draft; // undefined: the task exists
  #made = false; // the task exists, as far as is known
  #again = 0; // how often it was lost and made again
  #making = null;

  constructor(http, { task, worker, lease, draft, box, ear }) {
    this.#http = http;
    this.#draft = draft;
    Object.assign(this, { task, worker, lease, box, ear });
  }

  /** Whether nothing has to be made first. */
  get exists() {
    return this.#made || !this.#draft;
  }

  /** Makes the task if it has to be made, once at a time. */
  create(signal) {
    if (this.exists) return null;
    this.#making ??= this.#create(signal).finally(() => { this.#making = null; });
    return this.#making;
  }

  /** A task of that id that exists is the one; another refusal lets the reports be refused. */
  async #create(signal) {
    const key = `create-${this.task}${this.#again ? `-${this.#again}` : ""}`;
    try {
      await this.#http.call({ method: "POST", path: "/api/tasks", body: { ...this.#draft, id: this.task }, key, signal });
    } catch (error) {
      if (!(error instanceof Problem) || held(error)) throw error;
      if (error.status !== 409) this.ear.refused(error);
    }
    this.#made = true;
    this.box.stir();
  }

  /** Is told that the server knows no such task. Says whether it is made again, which happens once. */
  #lost(life) {
    if (this.#draft && this.#made && this.#again === life && life === 0) {
      this.#made = false;
      this.#again++;
      this.box.unfence(); // the new task begins with run 1
    }
    return Boolean(this.#draft) && this.#again > life;
  }

  /** Sends the next reports. */
  async reports(signal) {
    await this.create(signal);
    const life = this.#again;
    const batch = this.#encoded(this.box.reports.take());
    if (batch.length === 0) return;
    let answers;
    try {
      answers = await this.#http.call({ method: "POST", path: "/api/reports", body: `${batch.map((e) => e.line).join("\n")}\n`, signal });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#fewer(error, batch);
      return;
    }
    this.#settle(life, batch, Array.isArray(answers) ? answers.slice(0, batch.length) : []);
  }

  /** Those reports that go into one request. */
  #encoded(batch) {
    let size = 0;
    for (const [i, e] of batch.entries()) {
      e.line ??= JSON.stringify({ worker: this.worker, lease: this.lease, ...e.report, task_id: this.task, run: e.run, attempt: e.attempt });
      size += e.line.length;
      if (size > maxBody && i > 0) return batch.slice(0, i);
    }
    return batch;
  }

  /** Is told that a request was refused as a whole: for who sent it, or for one report in it, which sending fewer finds. */
  #fewer(problem, batch) {
    if (held(problem)) throw problem;
    const reports = this.box.reports;
    if (problem.status === 500 && (batch[0].tries = (batch[0].tries ?? 0) + 1) < maxTries) throw problem;
    if (problem.status === 403 || problem.status === 404 || batch.length === 1) {
      this.ear.refused(problem);
      reports.settle(new Set(batch));
    } else {
      reports.most = Math.max(1, Math.floor(batch.length / 2));
    }
    this.box.stir();
  }

  /** Lets go of the reports that are decided, and tells what was said of them. */
  #settle(life, batch, answers) {
    const done = new Set();
    let again = answers.length < batch.length ? new Away(`the answer breaks off after ${answers.length} of ${batch.length} reports`) : null;
    let kept = false;
    let overtaken = false;
    for (const [i, answer] of answers.entries()) {
      const error = this.#decide(life, batch[i], answer);
      if (error !== undefined) {
        kept = true;
        again ??= error;
        continue;
      }
      done.add(batch[i]);
      overtaken ||= kept && answer.code === 200;
    }
    answers.filter((a) => a.status).forEach((a) => this.ear.hear(a));
    this.box.reports.settle(done, overtaken);
    if (!again) this.box.reports.most = Math.min(maxBatch, 2 * this.box.reports.most);
    this.box.stir();
    if (again) throw again;
  }

  /** Why a report has to be sent again (null: because its task is made again), undefined if it is decided. */
  #decide(life, e, { code, detail }) {
    if (code === 200 || code === 409) return undefined;
    const problem = new Problem({ status: code, detail });
    if (code === 404 && this.#lost(life)) return null;
    if (held(problem) || code === 429 || code > 500) return new Away(problem.message, { problem });
    if (code === 500 && (e.tries = (e.tries ?? 0) + 1) < maxTries) return new Away(problem.message, { problem });
    this.ear.refused(problem);
    return undefined;
  }

  /** Sends the next lines of output. */
  async lines(signal) {
    await this.create(signal);
    const life = this.#again;
    const parcel = this.box.logs.take();
    if (!parcel) return;
    try {
      const body = parcel.lines.map(({ at, level, step, line }) => ({ at, level, step, line }));
      await this.#http.call({ method: "POST", path: `${taskPath(this.task)}/logs`, body, key: parcel.key, signal });
    } catch (error) {
      if (!(error instanceof Problem) || held(error)) throw error;
      if (error.status === 404 && this.#lost(life)) return;
      if (error.status === 500 && ++parcel.tries < maxTries) throw error;
      if (parcel.lines.length > 1 && (error.status === 400 || error.status === 413)) {
        this.box.logs.split(parcel);
        return;
      }
      this.ear.refused(error);
    }
    this.box.logs.settle(parcel);
    this.box.stir();
  }

  /** Sends a heartbeat. */
  async beat(signal) {
    await this.create(signal);
    const life = this.#again;
    const { run, attempt } = this.box;
    try {
      const body = { worker: this.worker, lease: this.lease, run, attempt };
      this.ear.hear(await this.#http.call({ method: "POST", path: `${taskPath(this.task)}/heartbeat`, body, signal }));
    } catch (error) {
      if (!(error instanceof Problem) || held(error)) throw error;
      if (error.state) this.ear.hear(error.state);
      else if (error.status !== 404 || !this.#lost(life)) this.ear.refused(error);
    }
  }
}
