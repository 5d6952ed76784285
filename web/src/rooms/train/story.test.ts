import { describe, expect, it } from "vitest";
import { isByteLevel, pairsAt, placed, readable, shownOrder, stepFor, wordsAt, type Story } from "./story";

const step = (left: string, right: string, changed: [number, string[]][]): Story["steps"][number] => ({
  left, right, count: 9, ties: 0, token: left + right, id: 256, size: 257, new: true, pairs: [[left, right, 9]], changed,
});
const story: Story = {
  words: [
    { text: "low", count: 5, tokens: ["l", "o", "w"] },
    { text: "newest", count: 6, tokens: ["n", "e", "w", "e", "s", "t"] },
    { text: "Ġa", count: 3, tokens: ["Ġ", "a"] },
  ],
  steps: [step("e", "s", [[1, ["n", "e", "w", "es", "t"]]]), step("es", "t", [[1, ["n", "e", "w", "est"]]]), step("l", "o", [[0, ["lo", "w"]]])],
  finished: false,
};

describe("the words at a step", () => {
  it("are the characters before the first merge", () => {
    expect(wordsAt(story, 0)).toEqual(story.words.map((word) => word.tokens));
  });
  it("have every change up to the step, and none behind it", () => {
    expect(wordsAt(story, 2)).toEqual([["l", "o", "w"], ["n", "e", "w", "est"], ["Ġ", "a"]]);
    expect(wordsAt(story, 3)[0]).toEqual(["lo", "w"]);
  });
  it("are the same whichever way one came: going back undoes", () => {
    wordsAt(story, 3);
    expect(wordsAt(story, 1)[1]).toEqual(["n", "e", "w", "es", "t"]);
    expect(story.words[1]?.tokens).toEqual(["n", "e", "w", "e", "s", "t"]);
  });
});

describe("placed tokens", () => {
  it("mark only what the step made", () => {
    expect(placed(story, 1, 1).filter((one) => one.fresh).map((one) => one.token)).toEqual(["es"]);
    expect(placed(story, 1, 2).filter((one) => one.fresh).map((one) => one.token)).toEqual(["est"]);
    expect(placed(story, 0, 1).some((one) => one.fresh)).toBe(false);
    expect(placed(story, 0, 0).some((one) => one.fresh)).toBe(false);
  });
  it("keep their key while they are untouched", () => {
    const [before, after] = [placed(story, 1, 0), placed(story, 1, 1)];
    expect(after.map((one) => one.key)).toEqual(["0", "1", "2", "3", "5"]);
    expect(before.filter((one) => after.some((other) => other.key === one.key && other.token === one.token)).map((one) => one.token)).toEqual(["n", "e", "w", "t"]);
  });
  it("count WordPiece's mark as no character", () => {
    const pieces: Story = { words: [{ text: "low", count: 1, tokens: ["l", "##o", "##w"] }], steps: [step("##o", "##w", [[0, ["l", "##ow"]]])], finished: true };
    expect(placed(pieces, 0, 1).map((one) => [one.key, one.token, one.fresh])).toEqual([["0", "l", false], ["1", "##ow", true]]);
  });
});

it("words that change stand first, each word once", () => {
  expect(shownOrder(story, 1)).toEqual([1, 0, 2]);
  expect(shownOrder(story, 0)).toEqual([0, 1, 2]);
});

it("the pairs beside a step are those the next merge is chosen from, at the end the last known", () => {
  expect(pairsAt(story, 0)[0]).toEqual(["e", "s", 9]);
  expect(pairsAt(story, 3)[0]).toEqual(["l", "o", 9]);
  expect(pairsAt({ words: [], steps: [], finished: true }, 0)).toEqual([]);
});

it("keys lead within the steps", () => {
  expect(stepFor("ArrowRight", 2, 3)).toBe(3);
  expect(stepFor("ArrowRight", 3, 3)).toBe(3);
  expect(stepFor("ArrowLeft", 0, 3)).toBe(0);
  expect(stepFor("End", 0, 3)).toBe(3);
  expect(stepFor("Home", 2, 3)).toBe(0);
  expect(stepFor("a", 2, 3)).toBeNull();
});

describe("tokens as people read them", () => {
  it("undo the byte-level alphabet", () => {
    expect(readable("Ġthe", true)).toBe("␣the");
    expect(readable("ä½łå¥½", true)).toBe("你好");
    expect(readable("Ċ", true)).toBe("⏎");
  });
  it("show bytes of unfinished characters by their numbers", () => {
    expect(readable("ä½", true)).toBe("⟨E4⟩⟨BD⟩");
  });
  it("leave other models' tokens alone", () => {
    expect(readable("▁the", false)).toBe("␣the");
    expect(readable("Ġ", false)).toBe("Ġ");
    expect(readable("你好", true)).toBe("你好");
  });
  it("know byte-level words by their marks", () => {
    expect(isByteLevel(story)).toBe(true);
    expect(isByteLevel({ ...story, words: [{ text: "low", count: 1, tokens: ["l", "##o", "##w"] }] })).toBe(false);
    expect(isByteLevel({ ...story, words: [{ text: "▁low", count: 1, tokens: ["▁", "l", "o", "w"] }] })).toBe(false);
  });
});
