import { Work } from "../../../lib/work.svelte";
import type { MapAnswer } from "./points";

/** The last map. */
export const mapped = new Work<MapAnswer>("recommend.map");
