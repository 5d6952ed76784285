import { describe, expect, it } from "vitest";
import { build, layout, type Path } from "./tree";

// not 5, shalt 3, thou 2: the tree of the reference's own example.
const THREE: Path[] = [
  { word: "not", count: 5, code: [0], points: [1] },
  { word: "shalt", count: 3, code: [1, 1], points: [1, 0] },
  { word: "thou", count: 2, code: [1, 0], points: [1, 0] },
];

/** A comb: word i is i + 1 steps from the root. */
function comb(n: number): Path[] {
  return Array.from({ length: n }, (_, i) => {
    const last = i === n - 1;
    const length = last ? n - 1 : i + 1;
    return { word: `w${i}`, count: n - i, code: Array.from({ length }, (_unused, d) => (d === length - 1 && !last ? 1 : 0)), points: Array.from({ length }, (_unused, d) => n - 2 - d) };
  });
}

describe("the Huffman tree", () => {
  it("is put together from the paths", () => {
    const root = build(THREE);
    expect(root).toMatchObject({ point: 1, count: 10, leaves: 3, depth: 0 });
    expect(root?.children[0]).toMatchObject({ word: "not", point: -1, depth: 1 });
    expect(root?.children[1]).toMatchObject({ point: 0, count: 5, leaves: 2 });
    expect(build([])).toBeUndefined();
    expect(build([{ word: "alone", count: 3, code: [], points: [] }])).toMatchObject({ word: "alone", leaves: 1 });
  });

  it("has every leaf in a column of its own, and marks the path", () => {
    const root = build(THREE);
    if (!root) throw new Error("no tree");
    const drawn = layout(root, [1, 0]);
    expect(drawn.columns).toBe(3);
    expect(drawn.rows).toBe(3);
    expect(drawn.nodes.filter((one) => one.node.word).map((one) => [one.node.word, one.x])).toEqual([["shalt", 0], ["thou", 1], ["not", 2]]);
    expect(drawn.edges.filter((edge) => edge.onPath).map((edge) => edge.step).sort()).toEqual([0, 1]);
    expect(drawn.nodes.find((one) => one.node.word === "thou")?.onPath).toBe(true);
    expect(drawn.nodes.find((one) => one.node.word === "shalt")?.onPath).toBe(false);
  });

  it("is collapsed beside the path when it is large", () => {
    const paths = comb(60);
    const root = build(paths);
    if (!root) throw new Error("no tree");
    const word = paths[10];
    const drawn = layout(root, word?.code ?? []);
    expect(drawn.nodes.some((one) => one.node.word === "w10" && one.onPath)).toBe(true);
    const hidden = drawn.nodes.filter((one) => one.collapsed).reduce((sum, one) => sum + one.node.leaves, 0);
    expect(hidden + drawn.nodes.filter((one) => one.node.point < 0).length).toBe(60);
    expect(drawn.columns).toBeLessThan(15);
  });
});
