import { describe, expect, it } from "vitest";
import { asReport, bars, fitting, parallel, sideBySide, type Card, type Finding, type Group, type Report } from "./card";

const group = (chars: number, perWord: number | null): Group => ({
  texts: 1, chars, bytes: chars, tokens: 1, tokens_per_word: perWord, tokens_per_char: 1, bytes_per_token: 2, unknown_share: 0, byte_share: 0,
});
const finding = (key: string, details: Record<string, unknown> = {}): Finding => ({ key, title: key, value: 1, unit: "", grade: "good", summary: "", examples: [], details });
const card = (name: string, groups: Record<string, Group>, findings: Finding[] = []): Card => ({
  name, properties: {}, findings, groups, n_groups: Object.keys(groups).length,
  lengths: { rows: 4, mean: 2, quantiles: { min: 0, p50: 1, p90: 2, p99: 9, max: 9 }, histogram: [{ low: 0, high: 1, rows: 3 }, { low: 2, high: 9, rows: 1 }], longest: [] },
});
const report = (...tokenizers: Card[]): Report => ({ texts: 1, tokenizers, files: {}, by: "language" });

describe("bars of groups", () => {
  const both = report(card("a", { de: group(10, 1.5), zh: group(90, null), en: group(50, 1.1) }), card("b", { de: group(10, 2), en: group(50, 1.2) }));

  it("have the groups with most text first and leave out what has no value", () => {
    expect(bars(both, "tokens_per_word", (name) => name.toUpperCase()).rows).toEqual([{ label: "EN", values: [1.1, 1.2] }, { label: "DE", values: [1.5, 2] }]);
    expect(bars(both, "bytes_per_token", String).rows.map((row) => [row.label, row.values])).toEqual([["zh", [2, null]], ["en", [2, 2]], ["de", [2, 2]]]);
  });

  it("say how many are not drawn", () => {
    expect(bars(both, "bytes_per_token", String, 2)).toMatchObject({ left: 1 });
    expect(bars(report(), "bytes_per_token", String)).toEqual({ rows: [], left: 0 });
  });
});

describe("the same sentence", () => {
  it("costs nothing where it cannot be read", () => {
    const rows = [{ language: "Tamil", times_english: 0.3, unknown: 2 }, { language: "French", times_english: 1.4, unknown: 0 }, { language: "English", times_english: 1, unknown: 0 }];
    expect(parallel(report(card("a", {}, [finding("languages", { rows })])), String)).toEqual([
      { label: "English", values: [1] }, { label: "French", values: [1.4] }, { label: "Tamil", values: [null] },
    ]);
    expect(parallel(report(card("a", {})), String)).toEqual([]);
  });
});

describe("the rest", () => {
  it("is read as it is sent", () => {
    expect(fitting(card("a", {}).lengths)).toEqual([[1, 0.75], [9, 1]]);
    const lines = sideBySide(report(card("a", {}, [finding("case"), finding("digits")]), card("b", {}, [finding("digits"), finding("unused")])));
    expect(lines.map((line) => line.key)).toEqual(["case", "digits", "unused"]);
    expect(lines.map((line) => line.cells.map((cell) => cell?.key))).toEqual([["case", undefined], ["digits", "digits"], [undefined, "unused"]]);
    for (const odd of [null, undefined, {}, { tokenizers: 3 }, "x"]) expect(asReport(odd, String)).toBeNull();
    expect(asReport(report(), String)).not.toBeNull();
  });
});
