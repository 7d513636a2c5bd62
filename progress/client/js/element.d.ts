/** `<herald-progress task="ID" server="https://…">`: how far a task is, live. Importing this module defines it. */
export class HeraldProgress extends HTMLElement {
  /** The task's id. */
  task: string;
  /** The address of the server; the page's own without. */
  server: string;
  /** As a property it is in no markup. */
  token: string;
}

declare global {
  interface HTMLElementTagNameMap {
    "herald-progress": HeraldProgress;
  }
}
