/** Where things are on the server. */

export const taskPath = (id) => `/api/tasks/${encodeURIComponent(id)}`;
export const stepPath = (id, step) => `${taskPath(id)}/steps/${encodeURIComponent(step)}`;
