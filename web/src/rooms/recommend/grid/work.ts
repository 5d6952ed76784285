import { Work } from "../../../lib/work.svelte";
import type { Tuned } from "./trials";

/** The last grid. */
export const tuned = new Work<Tuned>("recommend.grid");
