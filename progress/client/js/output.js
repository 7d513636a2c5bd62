import { randomText } from "./id.js";

// The bounds of the output that waits: half of each for its beginning, half for
// its end. Sizes are in UTF-16 units.
const maxLines = 20_000;
const maxUnits = 8 << 20;
const batchLines = 1000; // of one request
const batchUnits = 256 << 10; // of one request, beyond its first line
const maxLine = 16 << 10; // bytes
const maxName = 200; // characters of a level or step

/** The lines of output that wait, in order. */
export class Output {
  #head = new Shelf();
  #tail = new Shelf();
  #omitted = 0; // lines between head and tail that were let go
  #sending = []; // the first is to be sent next

  /**
   * Puts a line at the end, in pieces if it is long. In between, the oldest of
   * the end give way when there is no more room.
   */
  add(line) {
    const more = { ...line, level: short(line.level), step: short(line.step) };
    for (const text of pieces(String(line.line ?? ""))) this.#put({ ...more, line: text });
  }

  #put(line) {
    if (this.#tail.lines.length === 0 && this.#omitted === 0 && this.#head.room(line)) {
      this.#head.put(line);
      return;
    }
    this.#tail.put(line);
    for (; this.#tail.full; this.#omitted++) this.#tail.pop();
  }

  /** What is to be sent next: its lines count once under its key. It stays until it is settled. */
  take() {
    if (this.#sending.length === 0) this.#pack();
    return this.#sending[0];
  }

  #pack() {
    this.#turn();
    const lines = [];
    for (let size = 0; this.#head.lines.length > 0 && lines.length < batchLines && size < batchUnits;) {
      lines.push(this.#head.pop());
      size += lines.at(-1).line.length;
    }
    if (lines.length > 0) this.#sending.push({ key: randomText(), lines, tries: 0 });
  }

  /** Makes the end the beginning when that is used up, after a line that says what is missing. */
  #turn() {
    if (this.#head.lines.length > 0) return;
    if (this.#omitted > 0) {
      const { given, at } = this.#tail.lines[0];
      this.#head.put({ given, at, level: "warn", line: `… ${this.#omitted} lines are left out here: the server was away for too long …` });
      this.#omitted = 0;
      return;
    }
    [this.#head, this.#tail] = [this.#tail, this.#head];
  }

  /** Lets go of what was answered. */
  settle(parcel) {
    this.#sending = this.#sending.filter((p) => p !== parcel);
  }

  /** Halves what was refused as a whole, so that only the line at fault is lost. */
  split(parcel) {
    const rest = { key: randomText(), lines: parcel.lines.splice(Math.floor(parcel.lines.length / 2)), tries: 0 };
    parcel.key = randomText();
    this.#sending.splice(this.#sending.indexOf(parcel) + 1, 0, rest);
  }

  /** How many lines wait. */
  get size() {
    return this.#sending.reduce((n, p) => n + p.lines.length, this.#head.lines.length + this.#tail.lines.length);
  }

  /** The number of the oldest line that waits, Infinity for none. */
  oldest() {
    const line = this.#sending[0]?.lines[0] ?? this.#head.lines[0] ?? this.#tail.lines[0];
    return line ? line.given : Infinity;
  }
}

/** A row of lines, at most half of what may wait. */
class Shelf {
  lines = [];
  #units = 0;

  room(line) {
    return this.lines.length < maxLines / 2 && this.#units + line.line.length < maxUnits / 2;
  }

  get full() {
    return this.lines.length >= maxLines / 2 || this.#units >= maxUnits / 2;
  }

  put(line) {
    this.lines.push(line);
    this.#units += line.line.length;
  }

  pop() {
    const line = this.lines.shift();
    this.#units -= line.line.length;
    return line;
  }
}

/** Cuts a name that the server would not take. */
function short(name) {
  return name === undefined || name === null ? undefined : Array.from(String(name).replaceAll("\0", "")).slice(0, maxName).join("");
}

/** Cuts a line into such as the server takes, between characters. */
function pieces(line) {
  let rest = line.replaceAll("\0", "\uFFFD");
  if (rest.length * 3 <= maxLine) return [rest]; // no unit takes more than three bytes
  const out = [];
  for (const room = new Uint8Array(maxLine); rest;) {
    const { read } = new TextEncoder().encodeInto(rest, room);
    out.push(rest.slice(0, read));
    rest = rest.slice(read);
  }
  return out;
}
