/** Waiting: before another try, and for something to do. */

const least = 10; // milliseconds
const first = 100;
const last = 5000;

/**
 * Says how long to wait before the next try: at random up to a bound that
 * doubles, so that many clients do not come back at once.
 */
export class Backoff {
  #failed = 0;

  /** The wait after another failure, not shorter than the server asked. */
  next(asked = 0) {
    const bound = Math.min(last, first * 2 ** Math.min(this.#failed++, 16));
    return asked + Math.max(least, Math.random() * bound);
  }

  /** Begins anew after a success. */
  reset() {
    this.#failed = 0;
  }
}

/** Waits, and says false when the signal came before the time was up. */
export function sleep(ms, signal) {
  return new Bell().wait(ms, signal).then(() => !signal?.aborted);
}

/** Wakes the one who waits at it; one ring is kept for who comes later. */
export class Bell {
  #rung = false;
  #wake = null;

  ring() {
    if (this.#wake) this.#wake();
    else this.#rung = true;
  }

  /** Waits for a ring, at most so many milliseconds, or for the signal. */
  wait(ms, signal) {
    if (this.#rung || signal?.aborted || ms <= 0) {
      this.#rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = ms < Infinity && setTimeout(() => this.#wake(), ms);
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        this.#wake = null;
        resolve();
      };
      this.#wake = wake;
      signal?.addEventListener("abort", wake);
    });
  }
}
