import { Work } from "../../../lib/work.svelte";

export interface ChangeAnswer {
  texts: number;
  layers: number[];
  self_similarity: number[];
  random: number[] | null;
  within: number[] | null;
  words: { word: string; texts: number; self_similarity: number[] }[];
}

/** What context changes, as it was asked last. */
export const change = new Work<ChangeAnswer>("context.change");
