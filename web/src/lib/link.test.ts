import { describe, expect, it } from "vitest";
import { decode, encode, fragment, parseFragment, read, write } from "./link";

class Store {
  kept = new Map<string, string>();
  getItem = (key: string): string | null => this.kept.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.kept.set(key, value);
}

describe("state in the fragment", () => {
  it("comes back as it was, in every script", async () => {
    const state = { text: "naïve 中文 👩‍👩‍👧 ‏עברית\u0000\n", tokenizers: ["a/b", "file:1"], options: { on: true, n: 1.5, none: null } };
    const word = await encode(state);
    expect(word).toMatch(/^z[\w-]+$/);
    expect(await decode(word)).toEqual(state);
  });

  it("is shorter than the text when the text repeats itself", async () => {
    expect((await encode({ text: "ab ".repeat(1000) })).length).toBeLessThan(100);
  });

  it("falls back to plain base64 where the browser cannot deflate, and reads both", async () => {
    const kept = globalThis.CompressionStream;
    // @ts-expect-error: a browser without it
    delete globalThis.CompressionStream;
    try {
      const word = await encode({ a: "é" });
      expect(word[0]).toBe("j");
      expect(await decode(word)).toEqual({ a: "é" });
    } finally {
      globalThis.CompressionStream = kept;
    }
  });

  it.each(["", "z", "zz%%", "q123", "zAAAA", "j!!!!"])("gives undefined for %j", async (word) => {
    expect(await decode(word)).toBeUndefined();
  });

  it("gives undefined for a link cut short", async () => {
    const word = await encode({ text: "hello there, general" });
    expect(await decode(word.slice(0, -8))).toBeUndefined();
  });

  it("refuses a link that inflates without bound", async () => {
    expect(await decode(await encode("a".repeat(33e6)))).toBeUndefined();
  });

  it("names the room", () => {
    expect(parseFragment("#/tokens?zAb-_")).toEqual({ room: "tokens", word: "zAb-_" });
    expect(parseFragment("#/tokens")).toEqual({ room: "tokens", word: "" });
    expect(parseFragment("#main").room).toBe("");
    expect(parseFragment(fragment("words", "zQ"))).toEqual({ room: "words", word: "zQ" });
  });
});

describe("a state too long for a link", () => {
  it("stays in the tab, and the link has the rest", async () => {
    const store = new Store();
    let seed = 1;
    const text = Array.from({ length: 60_000 }, () => String.fromCharCode(33 + ((seed = (seed * 48271) % 2147483647) % 90))).join("");
    const { word, whole } = await write("tokens", { text, n: 2 }, { n: 2 }, store);
    expect(whole).toBe(false);
    expect(word.length).toBeLessThan(200);
    expect(await read("tokens", word, store)).toEqual({ state: { text, n: 2 }, loss: "" });
    expect(await read("tokens", word, new Store())).toEqual({ state: { n: 2 }, loss: "cut" });
  });

  it("does not take over the link of another state", async () => {
    const store = new Store();
    await write("tokens", { text: "x".repeat(400_000) }, {}, store);
    expect(await read("tokens", await encode({ text: "mine" }), store)).toEqual({ state: { text: "mine" }, loss: "" });
  });

  it("is told from a link that is damaged, and from none", async () => {
    const word = await encode({ text: "hello there, general" });
    expect(await read("tokens", word.slice(0, -8), new Store())).toEqual({ state: undefined, loss: "damaged" });
    expect(await read("tokens", "", new Store())).toEqual({ state: undefined, loss: "" });
  });

  it("loses nothing where nothing was left out", async () => {
    const state = { items: Array.from({ length: 40_000 }, (_, i) => (i * 48271) % 2147483647) };
    const { word } = await write("words", state, state, new Store());
    expect(await read("words", word, new Store())).toEqual({ state, loss: "" });
  });

  it("survives a store that is full", async () => {
    const full = { getItem: () => null, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } };
    expect((await write("tokens", { text: "x".repeat(400_000) }, { n: 1 }, full)).whole).toBe(false);
  });
});
