import { describe, expect, it } from "vitest";
import { keptMessages, moved, parseTools, stretches } from "./conversation";

describe("messages of a link", () => {
  it("are taken in the expected shape only", () => {
    expect(keptMessages([{ role: "user", content: "x", more: 1 }, { role: 3 }, null, { role: "", content: "" }])).toEqual([{ role: "user", content: "x" }]);
    for (const odd of [undefined, "x", [], [{}], { role: "user" }]) expect(keptMessages(odd)).toBeUndefined();
    expect(keptMessages(Array(500).fill({ role: "user", content: "" }))).toHaveLength(200);
  });

  it("move within the list", () => {
    expect(moved([1, 2, 3], 0, 1)).toEqual([2, 1, 3]);
    expect(moved([1, 2, 3], 2, -2)).toEqual([3, 1, 2]);
    expect(moved([1, 2, 3], 0, -1)).toEqual([1, 2, 3]);
    expect(moved([1, 2, 3], 2, 1)).toEqual([1, 2, 3]);
    expect(moved([], 0, 1)).toEqual([]);
  });
});

describe("tools", () => {
  it("are nothing or a list of objects", () => {
    expect(parseTools("  ")).toEqual({ tools: null, error: "" });
    expect(parseTools('[{"a": 1}]')).toEqual({ tools: [{ a: 1 }], error: "" });
    expect(parseTools("[1]").error).toContain("[0] 1");
    expect(parseTools("{}").error).toBe("object");
    expect(parseTools("[{]").error).not.toBe("");
  });
});

describe("stretches of the string", () => {
  const chat = {
    text: "<s>hi there</s>!",
    utf16_starts: [0, 3, 5, 11, 15],
    utf16_ends: [3, 5, 11, 15, 16],
    special: [true, false, false, true, false],
    generation: [[3, 15]] as [number, number][],
  };

  it("are the string", () => {
    const found = stretches(chat);
    expect(found.map((one) => one.text).join("")).toBe(chat.text);
    expect(found).toEqual([
      { text: "<s>", special: true, marked: false },
      { text: "hi there", special: false, marked: true },
      { text: "</s>", special: true, marked: true },
      { text: "!", special: false, marked: false },
    ]);
  });

  it("do without marks, and with nothing", () => {
    expect(stretches({ ...chat, generation: null }).map((one) => one.text)).toEqual(["<s>", "hi there", "</s>", "!"]);
    expect(stretches({ text: "", utf16_starts: [], utf16_ends: [], special: [], generation: [[0, 0]] })).toEqual([]);
  });
});
