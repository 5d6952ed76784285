import { Work } from "../../../lib/work.svelte";
import type { SensesAnswer } from "./result";

/** The senses that were looked for last; they outlive the panel. */
export const senses = new Work<SensesAnswer>("context.senses");
