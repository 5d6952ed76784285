// What the trials of a grid say.

import type { Interval } from "../measure/work";

export type Setting = "window" | "negative" | "ns_exponent";
export interface Trial {
  settings: Record<Setting, number>;
  metrics: Record<"ndcg" | "hit_rate" | "mrr", Interval>;
  seconds: number;
}
export interface Effect {
  setting: Setting;
  values: number[];
  means: number[];
  spread: number;
  best: number;
}
export interface Tuned {
  best: Record<Setting, number>;
  trials: Trial[];
  effects: Effect[];
  metric: "ndcg";
  k: number;
  queries: number;
}

/** Values of a setting among trials, rising. */
export function valuesOf(trials: readonly Trial[], setting: Setting): number[] {
  return [...new Set(trials.map((trial) => trial.settings[setting]))].sort((a, b) => a - b);
}

/** For each pair of window and negatives NDCG by ns_exponent; null where a trial is not done yet. */
export function lines(trials: readonly Trial[], exponents: readonly number[]): { window: number; negative: number; values: (number | null)[]; intervals: ([number, number] | null)[] }[] {
  const found = [];
  for (const window of valuesOf(trials, "window")) {
    for (const negative of valuesOf(trials, "negative")) {
      const own = exponents.map((exponent) =>
        trials.find(({ settings }) => settings.window === window && settings.negative === negative && settings.ns_exponent === exponent),
      );
      if (own.every((trial) => trial === undefined)) continue;
      found.push({
        window,
        negative,
        values: own.map((trial) => trial?.metrics.ndcg.value ?? null),
        intervals: own.map((trial) => (trial && trial.metrics.ndcg.low !== null && trial.metrics.ndcg.high !== null ? ([trial.metrics.ndcg.low, trial.metrics.ndcg.high] as [number, number]) : null)),
      });
    }
  }
  return found;
}

/** Half the width of the best trial's interval: what one measurement leaves open. */
export function uncertainty(tuned: Tuned): number {
  const best = tuned.trials[0]?.metrics.ndcg;
  return best && best.low !== null && best.high !== null ? (best.high - best.low) / 2 : 0;
}

/** The ends of an effect: the value with the smallest mean and the one with the largest. */
export function extremes(effect: Effect): { low: number; high: number; from: number; to: number } {
  const low = Math.min(...effect.means);
  const high = Math.max(...effect.means);
  return { low, high, from: effect.values[effect.means.indexOf(low)] ?? 0, to: effect.values[effect.means.indexOf(high)] ?? 0 };
}

/** How much less 0.75, word2vec's value for text, gives than the best ns_exponent; null where it was not tried. */
export function textValue(tuned: Tuned): { gain: number; best: number } | null {
  const effect = tuned.effects.find((one) => one.setting === "ns_exponent");
  const at = effect?.values.indexOf(0.75) ?? -1;
  if (!effect || at < 0) return null;
  return { gain: Math.max(...effect.means) - (effect.means[at] ?? 0), best: effect.best };
}
