/**
 * What goes wrong, in two sorts: the server refused a request, or nothing was
 * decided.
 */

/** What the server said of a request that it refuses (RFC 9457). */
export class Problem extends Error {
  name = "Problem";

  /** @param {object} said */
  constructor({ status, code = "", title = "", detail = "", errors = [], requestId = "", after = 0, state = null }) {
    super(detail || title || `the server refused this with status ${status}`);
    this.status = status; // of HTTP
    this.code = code;
    this.title = title; // the sort of trouble
    this.detail = detail; // what is wrong this time, for people
    this.errors = errors; // the fields at fault: {field, message}
    this.requestId = requestId; // under which the server's log says more
    this.after = after; // how long the server asks to wait, in milliseconds
    this.state = state; // where the task stands, beside a refused report or heartbeat
  }
}

/**
 * The server cannot be reached, or cannot do it now. Nothing was decided: the
 * same request may be sent again.
 */
export class Away extends Error {
  name = "Away";

  /**
   * @param {string} message
   * @param {{problem?: Problem}} [more] what the server itself said, if it did
   */
  constructor(message, { problem = null } = {}) {
    super(message);
    this.problem = problem;
    this.after = problem?.after ?? 0; // how long the server asks to wait, in milliseconds
  }
}

const later = new Set([408, 429, 502, 503, 504]); // statuses that decide nothing
const maxAfter = 5 * 60_000; // the longest wait that a server is obeyed in

/** How long an answer asks to wait, in milliseconds, 0 if it does not. */
export function retryAfter(text, now = Date.now()) {
  if (!text) return 0;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now;
  return ms > 0 ? Math.min(ms, maxAfter) : 0;
}

/** The type of an answer's body, without its parameters. */
export function mediaType(response) {
  return (response.headers.get("Content-Type") ?? "").split(";", 1)[0].trim().toLowerCase();
}

/**
 * The error of an answer that is none of the good ones. What did not come from a
 * Herald server, such as the page of a proxy, decides nothing.
 */
export function refusalOf(response, text) {
  const d = mediaType(response) === "application/problem+json" ? parsed(text) : null;
  if (!d?.code) {
    return new Away(`something that is not Herald answered with status ${response.status}; is the URL right, and is Herald running there?`);
  }
  const problem = new Problem({
    status: response.status, code: d.code, title: d.title, detail: d.detail, errors: d.errors ?? [],
    requestId: response.headers.get("X-Request-ID") ?? "", after: retryAfter(response.headers.get("Retry-After")), state: stateOf(d),
  });
  return later.has(problem.status) ? new Away(problem.message, { problem }) : problem;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Where the task stands, as a good answer has it: there status is the task's. */
function stateOf(d) {
  if (!d.task_id) return null;
  const { task_id, task_status: status, version, control = null, step, run, attempt } = d;
  return { task_id, status, version, control, step, run, attempt };
}
