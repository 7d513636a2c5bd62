import { computed, getCurrentInstance, getCurrentScope, onMounted, onScopeDispose, shallowRef, toValue, watch } from "vue";
import { fields, workflowProgress } from "./workflow.js";

/**
 * How far a session of that type of workflow is, as refs. The type and the
 * session may be refs themselves. It listens from the mounting of the component
 * to the end of its scope.
 */
export function useWorkflowProgress(type, options = {}) {
  const make = () => workflowProgress(toValue(type), { ...options, sessionId: toValue(options.sessionId) });
  let store = make();
  let leave = null;
  const state = shallowRef(store.get());
  const begin = () => {
    leave?.();
    state.value = store.get();
    leave = store.subscribe((now) => { state.value = now; });
  };
  watch([() => toValue(type), () => toValue(options.sessionId)], () => {
    store = make();
    if (leave) begin();
    else state.value = store.get();
  }, { flush: "sync" });
  if (getCurrentInstance()) onMounted(begin); // a server that renders pages does not listen
  else begin();
  if (getCurrentScope()) onScopeDispose(() => leave?.());
  const refs = Object.fromEntries(fields.map((name) => [name, computed(() => state.value[name])]));
  return { ...refs, reset: () => store.reset() };
}
