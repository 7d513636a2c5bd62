import { Away, Problem } from "./problem.js";

/** Tells a reporter's owner what happens. What the owner throws stays here. */
export class Ear {
  #onControl;
  #onAnswer;
  #onTrouble;
  #away = new Set(); // the roads on which the server is away
  #told = new Set(); // the kinds of refusals that were told
  #control = ""; // that was told last
  lost = null; // the newest refusal that nobody asked about
  reason = null; // the newest reason why the server is away

  constructor({ onControl, onAnswer, onTrouble }) {
    this.#onControl = onControl;
    this.#onAnswer = onAnswer;
    this.#onTrouble = onTrouble;
  }

  /** Passes an answer on; a control that is repeated with each answer, once. */
  hear(answer) {
    call(this.#onAnswer, answer);
    const { control, step, run, attempt } = answer;
    const said = control ? JSON.stringify([control, step, run, attempt]) : "";
    const known = said === this.#control;
    this.#control = said;
    if (said && !known) call(this.#onControl, control, answer);
  }

  /** Notes how a request on a road went; the owner hears when the first road breaks and when the last is mended. */
  state(road, error) {
    const was = this.#away.size > 0;
    if (error) {
      this.#away.add(road);
      this.reason = error instanceof Away ? error : new Away(error.message, { problem: error });
    } else {
      this.#away.delete(road);
    }
    const is = this.#away.size > 0;
    if (was !== is) call(this.#onTrouble, is ? this.reason : null);
  }

  /** Whether requests on a road are not answered. */
  isAway(road) {
    return this.#away.has(road);
  }

  /** Notes that something was dropped. The owner hears of each kind once. */
  refused(error) {
    const kind = error instanceof Problem ? `${error.status} ${error.code}` : error.message;
    this.lost = error;
    if (!this.#told.has(kind)) call(this.#onTrouble, error);
    this.#told.add(kind);
  }

  /** Tells at once. */
  tell(error) {
    call(this.#onTrouble, error);
  }
}

/** Calls what the owner gave. Its faults are its own, and shown. */
function call(f, ...args) {
  if (!f) return;
  const failed = (error) => globalThis.console?.error("herald: a callback of the reporter failed:", error);
  try {
    Promise.resolve(f(...args)).catch(failed);
  } catch (error) {
    failed(error);
  }
}
