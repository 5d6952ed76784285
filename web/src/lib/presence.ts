// The server cancels the jobs of a page that has gone. This one tells it that it is here, whichever room is shown, and says
// goodbye when it goes.

import { get, page } from "./api/client";

const LIVE: readonly string[] = ["waiting", "running", "paused"];
/** Less than the ten seconds a job has after a goodbye: a duplicated tab has the id of the first. */
const EVERY = 6_000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks for this page's jobs, which keeps them alive, and again while there are some. */
export async function attend(): Promise<void> {
  clearTimeout(timer);
  timer = setTimeout(attend, EVERY);
  const asked = timer;
  const { jobs } = await get("/api/jobs").catch(() => ({ jobs: null }));
  // Without an answer there may still be some.
  if (jobs && timer === asked && !jobs.some((job) => job.page === page() && LIVE.includes(job.state))) {
    clearTimeout(timer);
    timer = undefined;
  }
}

/** Begins with the page: jobs from before a reload go on. */
export function arrive(): void {
  void attend();
  addEventListener("pageshow", (event) => event.persisted && void attend());
  addEventListener("pagehide", () => {
    if (timer === undefined) return;
    navigator.sendBeacon("/api/jobs/goodbye", new Blob([JSON.stringify({ page: page() })], { type: "application/json" }));
  });
}
