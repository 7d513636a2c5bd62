import { useMemo, useSyncExternalStore } from "react";
import { workflowProgress } from "./workflow.js";

/** How far a session of that type of workflow is, as values that the component follows. */
export function useWorkflowProgress(type, { sessionId, url, token, socket, WebSocket } = {}) {
  const store = useMemo(
    () => workflowProgress(type, { sessionId, url, token, socket, WebSocket }),
    [type, sessionId, url, token, socket, WebSocket],
  );
  const state = useSyncExternalStore(store.subscribe, store.get, store.get);
  return { ...state, reset: store.reset };
}
