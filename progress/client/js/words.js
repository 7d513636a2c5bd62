/** What people read: the same words as on the server's own pages. */

const sign = (symbol, word, kind = word) => ({ symbol, word, kind });

const signs = {
  pending: sign("○", "pending"), running: sign("◐", "running"), paused: sign("⏸", "paused"),
  approval: sign("⚠", "waiting for approval", "approval"), completed: sign("✓", "completed"), failed: sign("✕", "failed"),
  cancelled: sign("⊘", "cancelled"), skipped: sign("–", "skipped"),
};

/** A status of a task, step or substep as a symbol, a word and a class. */
export const signOf = (status) => (Object.hasOwn(signs, status) ? signs[status] : sign("○", String(status), "pending"));

/** A percent, rounded down: 100 is for what is done. */
export const percentOf = (percent) => Math.floor(Math.min(100, Math.max(0, Number(percent) || 0)));

/** How long something lasted, by its two largest units. */
export function took(ms) {
  const s = Math.floor(ms / 1000);
  if (ms < 1000) return `${Math.floor(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor(s / 3600) % 24} h`;
}

const counted = (n, name) => `${n} ${name}${n === 1 ? "" : "s"}`;

// What is longer is said more coarsely.
function rounded(s) {
  if (s < 20 * 60) return [Math.max(1, Math.floor(s / 60 + 0.5)), "minute"];
  if (s < 57 * 60) return [5 * Math.floor(s / 300 + 0.5), "minute"];
  if (s < 115 * 60) return [10 * Math.floor(s / 600 + 0.5), "minute"];
  if (s < 36 * 3600) return [Math.floor(s / 3600 + 0.5), "hour"];
  return [Math.floor(s / 86_400 + 0.5), "day"];
}

/** A time to come that lies between two, in seconds: about 3 to 5 minutes. */
export function aboutRange(low, high) {
  if (low < 55 && high < 55) return "less than a minute";
  const [from, to] = [rounded(low), rounded(Math.max(low, high))];
  if (from[0] === to[0] && from[1] === to[1]) return `about ${counted(...to)}`;
  if (low < 30) return `up to ${counted(...to)}`;
  if (from[1] === to[1]) return `about ${from[0]} to ${counted(...to)}`;
  return `about ${counted(...from)} to ${counted(...to)}`;
}

const ended = new Set(["completed", "failed", "cancelled"]);

/** How long a task still takes, for people, and who has to act before; "" when nobody can tell. */
export function left(task) {
  const seconds = task.eta_seconds ?? undefined; // of a server that says no more
  const eta = task.eta ?? (seconds === undefined ? undefined : { low: seconds, high: seconds });
  if (!eta || ended.has(task.status)) return "";
  const about = aboutRange(eta.low, eta.high);
  const said = task.status === "pending" && !task.started_at ? `takes ${about}` : `${about} left`;
  const paused = task.eta && task.status === "paused";
  const approvals = (eta.waits ?? 0) - (paused ? 1 : 0);
  return said + (paused ? " once it goes on" : "") + (approvals > 0 ? `, plus ${counted(approvals, "approval")}` : "");
}

/** A text without what is only for terminals. */
export function clean(text) {
  return String(text ?? "")
    .replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g, "")
    .replace(/[^\P{Cc}\t\n]/gu, "");
}
