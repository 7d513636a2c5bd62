import { Listener } from "./socketio.js";

/** Listens to the events of a server's workflows; made once, several stores can share it as their `socket`. */
export const listen = (options) => new Listener(options);

const nothing = Object.freeze({
  sessionId: null, step: null, progress: 0, metadata: Object.freeze({}), startTime: null,
  estimatedTimeRemaining: null, isComplete: false, isInProgress: false, state: null, error: null,
});

/** The names of what a store holds. */
export const fields = Object.keys(nothing);

/**
 * How far the sessions of a type of workflow are: a store of one session, the
 * named one, else the first that is heard of until reset(). It listens while
 * somebody is subscribed.
 *
 * @param {string} type
 * @param {import("./workflow.d.ts").WorkflowOptions} [options]
 */
export function workflowProgress(type, { sessionId = null, socket, ...options } = {}) {
  const empty = Object.freeze({ ...nothing, sessionId });
  const subscribers = new Set();
  let state = empty;
  let begin = null; // from where the pace is measured: {at, progress}
  let leave = null; // ends the listening

  const set = (change) => {
    state = Object.freeze({ ...state, ...change });
    for (const f of [...subscribers]) f(state);
  };

  /** Whether something is about our session; the first one becomes ours. */
  const ours = (session) => session !== undefined && session === (state.sessionId ?? session);

  const progressed = (said) => {
    if (!ours(said?.session_id)) return;
    const now = Date.now();
    const progress = Number(said.progress) || 0;
    const metadata = said.metadata ?? {};
    if (!begin || progress < state.progress) begin = { at: now, progress }; // a step with a percent of its own begins below the one before
    set({
      sessionId: said.session_id, step: said.step ?? null, progress, metadata, startTime: state.startTime ?? now,
      estimatedTimeRemaining: remaining(metadata, progress, begin, now), isComplete: progress >= 100, isInProgress: progress < 100, state: "Running",
    });
  };

  const moved = (said) => {
    if (!ours(said?.flow_run)) return;
    const word = said.state;
    const change = { sessionId: said.flow_run, state: word, startTime: state.startTime ?? Date.now() };
    if (word === "Completed") Object.assign(change, { progress: 100, estimatedTimeRemaining: 0, isComplete: true, isInProgress: false });
    else if (word === "Failed" || word === "Cancelled") Object.assign(change, { estimatedTimeRemaining: null, isComplete: false, isInProgress: false });
    else if (word === "Running" || word === "Paused") Object.assign(change, { isInProgress: !state.isComplete });
    set(change);
  };

  const refused = (error) => set({ error: error instanceof Error ? error : new Error(String(error?.message ?? error)) });

  const connected = () => { if (state.error) set({ error: null }); };

  const heard = { [`workflow:progress:${type}`]: progressed, [`workflow:state:${type}`]: moved, connect: connected, connect_error: refused };

  const start = () => {
    const source = socket ?? listen({ ...options, watch: [{ workflow_type: type, ...(sessionId && { session_id: sessionId }) }] });
    for (const [name, f] of Object.entries(heard)) source.on(name, f);
    leave = () => {
      for (const [name, f] of Object.entries(heard)) source.off(name, f);
      if (!socket) source.close();
    };
  };

  const store = {
    /** What is known now; another object after each change. */
    get: () => state,

    /** Calls f after each change, and listens until the returned function is called. */
    subscribe(f) {
      const once = () => f(state); // the same function may be subscribed twice
      subscribers.add(once);
      if (subscribers.size === 1) start();
      return () => {
        if (subscribers.delete(once) && subscribers.size === 0) leave();
      };
    },

    /** Forgets the session. Another one may take its place, unless one was named. */
    reset() {
      begin = null;
      set(empty);
    },
  };
  for (const name of fields) Object.defineProperty(store, name, { get: () => state[name], enumerable: true });
  return store;
}

/** How many seconds are left: as the worker says, else at the pace so far; null if that is not known. */
function remaining({ estimated_time_remaining: said }, progress, begin, now) {
  if (typeof said === "number" && said >= 0) return said;
  if (progress >= 100) return 0;
  const gained = progress - begin.progress;
  const seconds = (now - begin.at) / 1000;
  return gained > 0 && seconds > 0 ? Math.round((seconds * (100 - progress)) / gained) : null;
}
