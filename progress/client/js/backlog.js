/** @typedef {{report: object, run?: number, attempt?: number, first: number, tick?: boolean, own?: boolean, tries?: number, line?: string}} Entry */

const maxKnown = 20_000; // steps whose percents are merged
const maxMetrics = 200; // of a merged report
export const maxBatch = 512; // reports of one request

const ofTick = new Set(["at", "progress", "step", "step_progress", "message", "metrics"]);
const ended = new Set(["completed", "failed", "cancelled"]);

/** Whether a report only moves numbers and a text, so that a newer one makes up for it. */
const isTick = (report) => Object.keys(report).every((name) => ofTick.has(name));

/** The step of an execution that a report speaks of. */
const about = (e) => JSON.stringify([e.run, e.attempt, e.report.step]);

/** The reports that wait, in order. Percents that were not sent yet are merged. */
export class Backlog {
  /** @type {Entry[]} */ waiting = [];
  /** @type {Entry[]} */ sending = []; // that were numbered: perhaps the server has them already
  most = maxBatch; // reports of the next request
  #known = new Set();
  #seq = Date.now() * 1000; // above those of an earlier reporter of the same name
  #keep;

  constructor(keep) {
    this.#keep = keep;
  }

  /** How many reports wait. */
  get size() {
    return this.waiting.length + this.sending.length;
  }

  /** Puts a report at the end. Says how many had to be let go for it. */
  add(/** @type {Entry} */ e) {
    const step = about(e);
    const known = this.#known.has(step);
    if (!known && this.#known.size < maxKnown) this.#known.add(step);
    e.tick = known && isTick(e.report); // the first word of a step may begin it, and keeps its place
    if (e.tick) this.#merge(e);
    const full = this.size >= this.#keep;
    this.waiting.push(e);
    return full ? this.#drop() : 0;
  }

  /** Lets the oldest percent go, else the newest report, but for an end of the task. */
  #drop() {
    const oldest = this.waiting.findIndex((e) => e.tick);
    if (oldest >= 0) this.waiting.splice(oldest, 1);
    else if (ended.has(this.waiting.at(-1).report.status)) return 0;
    else this.waiting.pop();
    return 1;
  }

  /**
   * Takes the percent of the same step that waits already into a newer one, which
   * comes in at the end. What other percents have said since of the whole task is
   * newer than it.
   */
  #merge(e) {
    const newer = { ...e.report };
    for (let i = this.waiting.length - 1; i >= 0 && this.waiting[i].tick; i--) {
      const old = this.waiting[i];
      if (about(old) === about(e)) {
        keep(e.report, old.report, newer);
        e.first = Math.min(e.first, old.first);
        this.waiting.splice(i, 1);
        return;
      }
      newer.progress ??= old.report.progress;
      newer.message ??= old.report.message;
      if (old.report.metrics) newer.metrics = { ...old.report.metrics, ...newer.metrics };
      if (newer.metrics && Object.keys(newer.metrics).length > maxMetrics) return;
    }
  }

  /**
   * Numbers what is to be sent next. It stays until it is settled: what may have
   * reached the server is sent again as it was.
   */
  take() {
    if (this.sending.length === 0) {
      this.sending = this.waiting.splice(0, maxBatch);
      for (const e of this.sending) {
        if (!e.own) this.#number(e);
        this.#seq = Math.max(this.#seq, e.report.seq);
      }
    }
    return this.sending.slice(0, this.most);
  }

  #number(e) {
    e.report.seq = ++this.#seq;
    e.line = undefined;
  }

  /**
   * Lets go of reports that were answered. Those that were not, although later
   * ones were taken, would count as seen already, so they are numbered anew.
   */
  settle(done, overtaken = false) {
    this.sending = this.sending.filter((e) => !done.has(e));
    if (overtaken) this.sending.filter((e) => !e.own).forEach((e) => this.#number(e));
  }

  /** Lets the reports go to whichever run there is. */
  unfence() {
    for (const e of [...this.sending, ...this.waiting]) e.run = e.attempt = e.line = undefined;
    this.#known.clear();
  }

  /** The number of the oldest report that waits, Infinity for none. */
  oldest() {
    return [...this.sending, ...this.waiting].reduce((n, e) => Math.min(n, e.first), Infinity);
  }
}

/** Gives a report what an older one said and no newer one has. */
function keep(report, old, newer) {
  report.step_progress ??= old.step_progress;
  if (newer.progress === undefined) report.progress = old.progress;
  if (newer.message === undefined) report.message = old.message;
  const more = Object.entries(old.metrics ?? {}).filter(([name]) => !Object.hasOwn(newer.metrics ?? {}, name));
  if (more.length > 0) report.metrics = { ...report.metrics, ...Object.fromEntries(more) };
}
