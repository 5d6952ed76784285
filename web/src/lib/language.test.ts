import { describe, expect, it } from "vitest";
import { current, duration, number, say, size, type Dictionary } from "./language.svelte";

const files = import.meta.glob<Record<string, unknown>>("/src/**/*words.ts", { eager: true });

function leaves(entry: Dictionary, path = ""): [string, unknown][] {
  return Object.entries(entry).flatMap(([name, value]): [string, unknown][] =>
    typeof value === "object" ? leaves(value, `${path}${name}.`) : [[path + name, value]],
  );
}

const pairs = Object.entries(files).flatMap(([file, module]) =>
  Object.entries(module)
    .filter((entry): entry is [string, { en: Dictionary; zh: Dictionary }] => typeof entry[1] === "object" && entry[1] !== null && "zh" in entry[1])
    .map(([name, words]) => ({ where: `${file}:${name}`, words })),
);

describe("words in two languages", () => {
  it("finds every room's words", () => expect(pairs.length).toBeGreaterThanOrEqual(6));

  it.each(pairs)("$where: same keys, none empty, each in its language", ({ words }) => {
    const [en, zh] = [leaves(words.en), leaves(words.zh)];
    expect(zh.map(([name]) => name).sort()).toEqual(en.map(([name]) => name).sort());
    for (const [name, text] of [...en, ...zh]) if (typeof text === "string") expect(text.trim(), name).not.toBe("");
    for (const [name, text] of en) if (typeof text === "string") expect(text, name).not.toMatch(/[\u3400-\u9fff]/);
    for (const [name, text] of zh) {
      if (typeof text === "string" && /[a-z]{3,} [a-z]{3,} [a-z]{3,}/i.test(text)) expect(text, name).toMatch(/[\u3400-\u9fff]/);
    }
  });

  it("says the language of the page", () => {
    const words = { en: { a: "yes" }, zh: { a: "是" } };
    expect(say(words).a).toBe("yes");
    current.language = "zh";
    expect(say(words).a).toBe("是");
    current.language = "en";
  });
});

describe("numbers for people", () => {
  it.each([
    [999, "999 B"],
    [1_400_000, "1.4 MB"],
    [10_485_760, "10.5 MB"],
    [250_000_000, "250 MB"],
  ])("%d bytes", (value, text) => expect(size(value)).toBe(text));
  it.each([
    [0.00064, "640 µs"],
    [0.012, "12 ms"],
    [4.2, "4.2 s"],
    [200, "3 min 20 s"],
    [7320, "2 h 2 min"],
  ])("%d seconds", (value, text) => expect(duration(value)).toBe(text));
  it("groups thousands", () => expect(number(1234567.891, 2)).toBe("1,234,567.89"));
});
