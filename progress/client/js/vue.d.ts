import type { ComputedRef, MaybeRefOrGetter } from "vue";
import type { WorkflowOptions, WorkflowState } from "./workflow.js";

/** How far a session of that type of workflow is, as refs. */
export function useWorkflowProgress<Metadata = Record<string, any>>(
  type: MaybeRefOrGetter<string>,
  options?: Omit<WorkflowOptions, "sessionId"> & { sessionId?: MaybeRefOrGetter<string | null | undefined> },
): { readonly [Name in keyof WorkflowState]: ComputedRef<WorkflowState<Metadata>[Name]> } & { reset(): void };
