// Numbers of one gradient step, as rows of a table and as pairs of vectors.

import type { Schema } from "../../../lib/api/client";

export type Gradient = Schema<"GradientView">;

export interface StepRow {
  input: number;
  output: number;
  names: readonly [string, string];
  label: number;
  product: number;
  sigmoid: number;
  error: number;
  gradient: number;
  /** How often the pair is there: a noise word may be drawn twice, a context word stand twice in the window. */
  times: number;
}

/** One row for each input and output. */
export function stepRows(step: Gradient): StepRow[] {
  return step.inputs.flatMap((input, b) =>
    step.outputs.map((output, n) => {
      const label = step.labels[n] ?? 0;
      const sigmoid = step.probabilities[b]?.[n] ?? 0;
      const gradient = step.gradients[b]?.[n] ?? 0;
      const once = step.alpha * (label - sigmoid);
      return {
        input: b,
        output: n,
        names: [input, output] as const,
        label,
        product: step.scores[b]?.[n] ?? 0,
        sigmoid,
        error: label - sigmoid,
        gradient,
        times: Math.abs(once) > 1e-12 ? Math.max(1, Math.round(gradient / once)) : 1,
      };
    }),
  );
}

/** The largest magnitude among vectors, for bars of one scale. */
export function largest(...vectors: readonly (readonly number[])[]): number {
  return Math.max(1e-9, ...vectors.flat().map(Math.abs));
}

/** Whether nothing has been trained yet: the outputs are all zero. */
export function isFresh(step: Gradient): boolean {
  return step.output_before.every((row) => row.every((value) => value === 0));
}

/** Points of a line over a box, from values left to right; larger values are higher. */
export function curve(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return "";
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const per = high > low ? (height - 4) / (high - low) : 0;
  return values.map((value, i) => `${((i * width) / (values.length - 1)).toFixed(1)},${(height - 2 - (value - low) * per).toFixed(1)}`).join(" ");
}
