import type { WorkflowOptions, WorkflowState } from "./workflow.js";

/** How far a session of that type of workflow is, as values that the component follows. */
export function useWorkflowProgress<Metadata = Record<string, any>>(
  type: string, options?: WorkflowOptions,
): WorkflowState<Metadata> & { reset(): void };
