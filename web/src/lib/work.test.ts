import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const ends: Record<string, { state: string; result?: unknown; error: unknown }> = {};
const watched: string[] = [];
vi.mock("./jobs.svelte", () => ({
  watch: (id: string) => {
    watched.push(id);
    return { id, title: "job", ended: true, finished: () => Promise.resolve(), cancel: () => Promise.resolve(), ...ends[id] };
  },
}));
const { Work } = await import("./work.svelte");

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  });
  watched.length = 0;
});
afterEach(() => vi.unstubAllGlobals());

const starting = (id: string) => vi.fn(() => Promise.resolve({ job: { id } }));

describe("work", () => {
  it.each([
    { state: "cancelled", error: null },
    { state: "failed", error: new Error("damaged file") },
  ])("that was $state is done anew when it is asked for again", async (end) => {
    ends["first"] = end;
    ends["second"] = { state: "done", result: 7, error: null };
    const work = new Work<number>("panel");
    await work.run("same", starting("first"));
    expect([work.result, work.busy, work.error]).toEqual([null, false, end.error]);
    await work.run("same", starting("second"));
    expect([work.result, work.error]).toEqual([7, null]);
    expect(watched).toEqual(["first", "second"]);
  });

  it("that is done is found again after a reload, and not started twice", async () => {
    ends["first"] = { state: "done", result: 7, error: null };
    await new Work<number>("panel").run("same", starting("first"));
    const reloaded = new Work<number>("panel");
    const start = starting("second");
    await reloaded.run("same", start);
    expect(reloaded.result).toBe(7);
    expect(start).not.toHaveBeenCalled();
  });

  it("that was forgotten is done anew, and its result stays meanwhile", async () => {
    ends["first"] = { state: "done", result: 1, error: null };
    ends["second"] = { state: "done", result: 2, error: null };
    const work = new Work<number>("panel");
    await work.run("same", starting("first"));
    const again = starting("second");
    await work.run("same", again);
    expect(again).not.toHaveBeenCalled();
    work.forget();
    expect(work.result).toBe(1);
    await work.run("same", again);
    expect([work.result, again.mock.calls.length]).toEqual([2, 1]);
  });
});
