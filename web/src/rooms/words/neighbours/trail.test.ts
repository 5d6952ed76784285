import { describe, expect, it } from "vitest";
import { Trail } from "./trail";

describe("a trail", () => {
  const trail = () => new Trail<string>((a, b) => a === b);

  it("goes back and forward, and forgets what was ahead when one turns off", () => {
    const one = trail();
    expect([one.canBack, one.canForward, one.back()]).toEqual([false, false, undefined]);
    for (const place of ["a", "b", "c"]) one.visit(place);
    expect([one.back(), one.back(), one.back()]).toEqual(["b", "a", undefined]);
    expect(one.forward()).toBe("b");
    one.visit("b");
    expect(one.canForward).toBe(true);
    one.visit("d");
    expect(one.canForward).toBe(false);
    expect(one.back()).toBe("b");
  });

  it("keeps the newest places only", () => {
    const one = trail();
    for (let i = 0; i < 500; i++) one.visit(String(i));
    let steps = 0;
    while (one.back() !== undefined) steps += 1;
    expect(steps).toBe(Trail.MOST - 1);
  });
});
