import type { Packed } from "../../../lib/arrays";
import { Work } from "../../../lib/work.svelte";

export interface TextsAnswer {
  model: string;
  similarity: string;
  dimension: number;
  engine: string;
  table: Packed;
  plane: Packed;
  explained: number;
  groups: number[];
}

/** The texts that were compared last. */
export const compared = new Work<TextsAnswer>("context.texts");
