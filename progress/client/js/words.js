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

/** How many seconds are left, for people. */
export function left(seconds) {
  if (seconds < 60) return "less than a minute left";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min left`;
  if (minutes < 24 * 60) return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
  return `about ${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24} h left`;
}

/** A text without what is only for terminals. */
export function clean(text) {
  return String(text ?? "")
    .replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g, "")
    .replace(/[^\P{Cc}\t\n]/gu, "");
}
