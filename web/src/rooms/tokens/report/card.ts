// The report card as the server sends it: the JSON of `tokenspace report`, read into types.

export type Grade = "good" | "note" | "bad";
export interface Finding {
  key: string;
  title: string;
  value: number | null;
  unit: string;
  grade: Grade;
  summary: string;
  examples: Record<string, unknown>[];
  details: Record<string, unknown>;
}
export interface Group {
  texts: number;
  chars: number;
  bytes: number;
  tokens: number;
  tokens_per_word: number | null;
  tokens_per_char: number | null;
  bytes_per_token: number | null;
  unknown_share: number;
  byte_share: number;
}
export interface LongRow {
  row: number;
  source: string;
  tokens: number;
  chars: number;
  text: string;
}
export interface Lengths {
  rows: number;
  mean: number;
  quantiles: Record<"min" | "p50" | "p90" | "p99" | "max", number>;
  histogram: { low: number; high: number; rows: number }[];
  longest: LongRow[];
}
export interface Card {
  name: string;
  properties: Record<string, unknown>;
  findings: Finding[];
  groups: Record<string, Group>;
  n_groups: number;
  lengths: Lengths;
}
export interface Report {
  texts: number;
  tokenizers: Card[];
  /** Name of a file in the report -> its id on the shelf. */
  files: Record<string, string>;
  by: string;
}

/** A job's result as a report, with its tokenizers under what a person reads for their names; null for anything else. */
export function asReport(result: unknown, title: (name: string) => string): Report | null {
  const found = result as Partial<Report> | null | undefined;
  if (typeof found !== "object" || found === null || !Array.isArray(found.tokenizers)) return null;
  return { ...(found as Report), tokenizers: found.tokenizers.map((card) => ({ ...card, name: title(card.name) })) };
}

export const METRICS = ["tokens_per_word", "tokens_per_char", "bytes_per_token", "unknown_share", "byte_share"] as const;
export type Metric = (typeof METRICS)[number];

export interface Bars {
  rows: { label: string; values: (number | null)[] }[];
  /** How many groups are not drawn. */
  left: number;
}

/** A metric of the groups as bars: the groups with most text first, at most `most`; those without any value are left out. */
export function bars(report: Report, metric: Metric, label: (group: string) => string, most = 24): Bars {
  const weight = new Map<string, number>();
  for (const card of report.tokenizers) for (const [name, group] of Object.entries(card.groups)) weight.set(name, Math.max(weight.get(name) ?? 0, group.chars));
  const names = [...weight].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const rows = names
    .map((name) => ({ label: label(name), values: report.tokenizers.map((card) => card.groups[name]?.[metric] ?? null) }))
    .filter((row) => row.values.some((value) => value !== null));
  return { rows: rows.slice(0, most), left: Math.max(0, rows.length - most) };
}

/** The same sentence in many languages: how many times the tokens of English each costs, cheapest first. */
export function parallel(report: Report, label: (language: string) => string): Bars["rows"] {
  const cost = new Map<string, (number | null)[]>();
  report.tokenizers.forEach((card, i) => {
    const rows = (card.findings.find((one) => one.key === "languages")?.details["rows"] ?? []) as { language: string; times_english: number; unknown: number }[];
    for (const row of rows) {
      const values = cost.get(row.language) ?? report.tokenizers.map(() => null);
      // With unknown tokens a language looks cheap; it is not readable at all.
      values[i] = row.unknown ? null : row.times_english;
      cost.set(row.language, values);
    }
  });
  const first = (values: (number | null)[]): number => values.find((value) => value !== null) ?? Infinity;
  return [...cost].sort((a, b) => first(a[1]) - first(b[1])).map(([name, values]) => ({ label: label(name), values }));
}

/** Share of the rows with at most so many tokens, at the upper ends of the histogram's bins. */
export function fitting(lengths: Lengths): [number, number][] {
  let sum = 0;
  return lengths.histogram.map((bin) => [bin.high, (sum += bin.rows) / Math.max(1, lengths.rows)]);
}

export interface Line {
  key: string;
  cells: (Finding | undefined)[];
}

/** Findings side by side, in the order of the first card. */
export function sideBySide(report: Report): Line[] {
  const keys = [...new Set(report.tokenizers.flatMap((card) => card.findings.map((one) => one.key)))];
  return keys.map((key) => ({ key, cells: report.tokenizers.map((card) => card.findings.find((one) => one.key === key)) }));
}
