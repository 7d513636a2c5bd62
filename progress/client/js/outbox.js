import { Backlog } from "./backlog.js";
import { Output } from "./output.js";

/** What waits to be sent about one task. */
export class Outbox {
  logs = new Output();
  run; // of what is put in from now on
  attempt;
  #given = 0; // reports and lines so far
  #waiters = new Set();

  constructor(keep) {
    this.reports = new Backlog(keep);
  }

  /** Puts a report in. Says how many had to be let go for it. */
  report(report) {
    return this.reports.add({ report, run: this.run, attempt: this.attempt, first: ++this.#given, own: report.seq > 0 });
  }

  /** Puts a line in. */
  log(line) {
    this.logs.add({ ...line, given: ++this.#given });
  }

  /** Lets everything go to whichever run there is. */
  unfence() {
    this.run = this.attempt = undefined;
    this.reports.unfence();
  }

  /** How many reports and lines wait. */
  get size() {
    return this.reports.size + this.logs.size;
  }

  /** The number of what was given last. */
  get mark() {
    return this.#given;
  }

  /** Whether all up to a mark is settled. */
  through(mark) {
    return this.reports.oldest() > mark && this.logs.oldest() > mark;
  }

  /** Tells those who wait that something was settled. */
  stir() {
    for (const wake of this.#waiters) wake();
  }

  /** Calls f whenever something is settled, until the returned function is called. */
  watch(f) {
    this.#waiters.add(f);
    return () => this.#waiters.delete(f);
  }
}
