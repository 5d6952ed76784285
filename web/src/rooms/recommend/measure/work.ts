import { Work } from "../../../lib/work.svelte";

export interface Interval {
  value: number;
  low: number | null;
  high: number | null;
}
export interface MeasuredRow {
  system: string;
  k: number;
  metrics: Record<"hit_rate" | "ndcg" | "mrr" | "popularity_rank" | "coverage", Interval>;
  differences: Partial<Record<"hit_rate" | "ndcg" | "mrr", Interval>>;
  fit_seconds: number;
  query_seconds: number;
}
export interface Measured {
  rows: MeasuredRow[];
  how: string;
  queries: number;
  dropped_repeats: number;
  items: number;
  confidence: number;
  reference: string;
}

/** The last measurement. */
export const measured = new Work<Measured>("recommend.measure");
