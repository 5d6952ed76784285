import { describe, expect, it } from "vitest";
import { Budget } from "./budget";
import { Points, readable, shown, TRUST } from "./data";
import { Density, lookAt } from "./density";
import { csvOf, jsonOf } from "./save";
import { search } from "./search";
import { Splat } from "./splat";
import { filled, read, write } from "./written";

describe("points", () => {
  it("are centred and scaled, however large their numbers", () => {
    const points = new Points({ positions: Float32Array.from([1e6, 1e6, 1e6 + 64, 1e6 + 32, Number.NaN, 0]) });
    expect([...points.xy.subarray(0, 4)]).toEqual([-1, -0.5, 1, 0.5]);
    expect(points.missing).toBe(1);
    expect(points.bounds).toEqual({ left: -1, right: 1, bottom: -0.5, top: 0.5 });
    expect(new Points({ positions: new Float32Array() }).count).toBe(0);
    expect([...new Points({ positions: Float32Array.from([5, 5]) }).xy]).toEqual([0, 0]);
  });

  it("are drawn in one shuffled order, all of them", () => {
    const points = new Points({ positions: new Float32Array(2000) });
    expect([...points.order].sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
    expect(points.order[points.slot[37]!]).toBe(37);
    expect([...points.order.subarray(0, 5)]).not.toEqual([0, 1, 2, 3, 4]);
  });

  it("refuse columns, labels and trust of another length", () => {
    const positions = new Float32Array(4);
    for (const data of [
      { positions: new Float32Array(3) },
      { positions, labels: ["a"] },
      { positions, columns: [{ kind: "text" as const, name: "t", values: ["a"] }] },
      { positions, trust: { k: 3, kept: new Float32Array(1) } },
      { positions, neighbours: { k: 3, indices: new Int32Array(5) } },
    ]) expect(() => new Points(data)).toThrow(/expected/);
  });

  it("have trust as a column, neighbours and a rank for labels", () => {
    const points = new Points({
      positions: new Float32Array(6), trust: { k: 10, kept: Float32Array.from([7, Number.NaN, 0]) },
      neighbours: { k: 2, indices: Int32Array.from([1, 2, -1, -1, 0, 9]) },
      columns: [{ kind: "number", name: "n", values: Float32Array.from([1, Number.NaN, 5]) }], priority: "n",
    });
    const trust = points.column(TRUST)!;
    expect(shown(trust, 0)).toBe("0.7");
    expect(shown(trust, 1)).toBe("");
    expect(points.neighbours(0)).toEqual([1, 2]);
    expect(points.neighbours(1)).toEqual([]);
    expect(points.neighbours(2)).toEqual([0]);
    expect([...points.ranked]).toEqual([2, 0, 1]);
  });

  it("say numbers as people read them", () => {
    expect([0, 12345, 0.123456, 1e12, 1e-7, -3.5].map(readable)).toEqual(["0", "12,345", "0.1235", "1.00e+12", "1.00e-7", "-3.5"]);
  });
});

describe("search", () => {
  const labels = ["Apple", "pineapple", "词元", "a.c", "abc", "İstanbul"];
  it("finds parts of labels, letter case aside", () => {
    expect([...search(labels, "APPLE").matches]).toEqual([0, 1]);
    expect([...search(labels, "元").matches]).toEqual([2]);
    expect([...search(labels, "a.c").matches]).toEqual([3]); // no pattern unless asked
    expect(search(labels, "").matches).toHaveLength(0);
  });
  it("takes patterns when asked, and says which are none", () => {
    expect([...search(labels, "^a.c$", true).matches]).toEqual([3, 4]);
    expect(search(labels, "(", true)).toMatchObject({ fault: "pattern" });
  });
  it("gives up a pattern that takes too long", () => {
    let now = 0;
    expect(search(Array(5000).fill("a"), "a", true, () => (now += 300)).fault).toBe("slow");
  });
});

describe("looks", () => {
  it("are small and clear where points are dense, large where they are few", () => {
    const looks = [1e-5, 1e-3, 0.05, 1, 20].map(lookAt);
    for (let i = 1; i < looks.length; i++) {
      expect(looks[i]!.radius).toBeLessThanOrEqual(looks[i - 1]!.radius);
      expect(looks[i]!.opacity).toBeLessThanOrEqual(looks[i - 1]!.opacity);
    }
    expect(lookAt(0).radius).toBe(7);
    expect(looks.at(-1)!.opacity).toBeGreaterThan(0.1);
  });
  it("know where points are dense", () => {
    const xy = Float32Array.from({ length: 4000 }, (_, i) => (i < 3800 ? -0.9 + (i % 7) / 1000 : (i * 37) % 100 / 100));
    const density = new Density(xy, { left: -1, right: 1, bottom: -1, top: 1 });
    expect(density.around({ left: -1, right: -0.8, bottom: -1, top: -0.8 })).toBeGreaterThan(50 * density.around({ left: 0, right: 1, bottom: 0, top: 1 }));
    expect(density.around({ left: 0, right: 1, bottom: -1, top: -0.9 })).toBe(0);
  });
});

describe("the budget of a moving picture", () => {
  /** Frames on a machine that takes `each` ms for a thousand points and `fixed` for every frame. */
  function move(budget: Budget, count: number, each: number, fixed: number, frames: number): number {
    let points = 0;
    for (let i = 0; i < frames; i++) {
      points = budget.points(count);
      budget.note(Math.max(16.7, fixed + (points / 1000) * each));
    }
    return points;
  }

  it("draws all points where there is time for them", () => {
    expect(move(new Budget(), 200_000, 0.02, 5, 60)).toBe(200_000);
    expect(move(new Budget(), 3_000_000, 0.004, 2, 120)).toBe(3_000_000); // from a careful start
    expect(new Budget().points(3_000_000)).toBe(400_000);
  });

  it.each([0.2, 0.85, 5])("finds what a machine can draw in time, at %d ms for a thousand points", (each) => {
    const budget = new Budget(), points = move(budget, 1_000_000, each, 6, 200);
    expect(6 + (points / 1000) * each).toBeLessThan(34);
    expect(6 + (points / 1000) * each).toBeGreaterThan(14);
  });

  it("knows after a few frames, however late they are", () => {
    expect(move(new Budget(), 1_000_000, 3, 0, 8)).toBeLessThan(60_000);
  });

  it("keeps its points where fewer would be no faster", () => {
    const budget = new Budget();
    let fewest = Infinity, sum = 0;
    for (let i = 0; i < 300; i++) {
      const points = budget.points(200_000);
      fewest = Math.min(fewest, points);
      sum += points;
      budget.note(70);
    }
    expect(sum / 300).toBeGreaterThan(190_000);
    expect(fewest).toBeGreaterThan(60_000);
  });

  it("never asks for more than there are or fewer than a few thousand", () => {
    expect(new Budget().points(50)).toBe(50);
    expect(move(new Budget(), 200_000, 50, 0, 100)).toBe(4000);
  });
});

describe("points mixed by the processor", () => {
  const frame = { x: 0, y: 0, scale: 10, width: 20, height: 10, ratio: 1, radius: 1.5, opacity: 1, count: 1, moving: false, paper: [255, 255, 255] as const };
  it("are discs of their colour at their place, cut at the border", () => {
    const splat = new Splat(), pixels = new Uint32Array(200);
    splat.xy = Float32Array.from([0.5, 0.2, 1, 0.5, Number.NaN, 0]);
    splat.looks = Uint8Array.from([10, 20, 200, 100, 250, 0, 0, 100, 0, 0, 0, 100]);
    splat.mix({ ...frame, count: 3 }, pixels, 20, 10);
    const at = (x: number, y: number) => [...new Uint8Array(pixels.buffer, 4 * (y * 20 + x), 4)];
    expect(at(15, 3)).toEqual([10, 20, 200, 255]);
    expect(at(0, 9)).toEqual([255, 255, 255, 255]);
    expect(at(19, 0)).toEqual([250, 0, 0, 255]);
    expect(pixels.filter((pixel) => pixel !== 0xffffffff).length).toBeLessThan(20);
  });
  it("let what lies below through, and step back where others are emphasised", () => {
    const splat = new Splat(), pixels = new Uint32Array(200);
    splat.xy = Float32Array.from([0, 0, 0.6, 0]);
    splat.looks = Uint8Array.from([0, 0, 0, 100, 0, 0, 0, 100]);
    splat.mix({ ...frame, count: 2, opacity: 0.5 }, pixels, 20, 10);
    const grey = (x: number) => new Uint8Array(pixels.buffer)[4 * (5 * 20 + x)]!;
    expect(Math.abs(grey(10) - 128)).toBeLessThan(3);
    splat.emphasis = Uint32Array.from([1]);
    splat.mix({ ...frame, count: 2, opacity: 0.5 }, pixels, 20, 10);
    expect(grey(10)).toBeGreaterThan(200);
    expect(grey(16)).toBeLessThan(60);
  });
});

describe("files", () => {
  const points = new Points({
    positions: Float32Array.from([0.5, 1, Number.NaN, 2]), labels: ['=cmd("x"),', "b\n"],
    columns: [{ kind: "category", name: "g", codes: [0, -1], names: ["-4"] }, { kind: "number", name: "n", values: Float32Array.from([-1.5, Number.NaN]) }],
  });
  it("are tables that spreadsheets do not run", () => {
    expect(csvOf(points, [0, 1]).split("\r\n")).toEqual(["index,label,x,y,g,n", `0,"'=cmd(""x""),",0.5,1,-4,-1.5`, `1,"b\n",NaN,2,,`, ""]);
  });
  it("are JSON without NaN", () => {
    expect(JSON.parse(jsonOf(points, [1]))).toEqual([{ index: 1, label: "b\n", x: null, y: null, columns: { g: "", n: null } }]);
  });
});

describe("points in a document", () => {
  const data = {
    positions: Float32Array.from([1, 2, 3, 4]), labels: ["</script><script>", "$&词"],
    columns: [
      { kind: "category" as const, name: "g", codes: Int32Array.from([0, -1]), names: ["a"] },
      { kind: "number" as const, name: "n", values: Float32Array.from([1, Number.NaN]), low: 0 },
      { kind: "text" as const, name: "t", title: "Text", values: ["x", "y"] },
    ],
    trust: { k: 2, kept: Float32Array.from([1, 2]) }, neighbours: { k: 1, indices: Int32Array.from([1, 0]) },
  };
  it("come back as they were", () => {
    const page = filled("<title>%TITLE%</title><script>%MAP%</script>", write(data, { title: "a<b %MAP%", note: "", colourBy: "g", sizeBy: null }));
    expect(page.match(/<\/script>/gu)).toHaveLength(1);
    expect(page).toContain("<title>a&lt;b %MAP%</title>");
    const json = page.slice(page.indexOf("<script>") + 8, page.lastIndexOf("</script>"));
    expect(read(JSON.parse(json))).toEqual(data);
  });
  it("need a page with places for them", () => {
    expect(() => filled("<html></html>", write(data, { title: "", note: "", colourBy: null, sizeBy: null }))).toThrow(/make page/);
  });
});
