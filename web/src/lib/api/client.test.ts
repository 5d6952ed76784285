import { afterEach, describe, expect, it, vi } from "vitest";
import { address, ApiError, call, isAbort, Latest, page } from "./client";

type Loose = (method: string, path: string, options?: Record<string, unknown>) => Promise<unknown>;
const send = call as unknown as Loose;

function answer(body: unknown, status = 200): ReturnType<typeof vi.fn> {
  const fake = vi.fn(async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fake);
  return fake;
}

afterEach(() => vi.unstubAllGlobals());

describe("requests", () => {
  it("fills in the address and says which page asks", async () => {
    const fetched = answer({ ok: 1 });
    expect(await send("post", "/api/jobs/{id}/x", { path: { id: "a/b" }, query: { n: 2, all: ["p", "q"], none: undefined }, body: { t: "é" } })).toEqual({ ok: 1 });
    const [url, init] = fetched.mock.calls[0] as unknown as [string, RequestInit];
    expect(url).toBe("/api/jobs/a%2Fb/x?n=2&all=p&all=q");
    expect(init.method).toBe("POST");
    expect(init.body).toBe('{"t":"é"}');
    expect((init.headers as Record<string, string>)["X-Page"]).toBe(page());
    expect(page()).toMatch(/^[0-9a-f]{32}$/);
  });

  it("turns the server's error into an ApiError with its hint", async () => {
    answer({ error: { class: "MissingExtra", message: "[load] expected x, received y; try z", status: 424, hint: "pip install a" } }, 424);
    const error = await send("get", "/api/x").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ class: "MissingExtra", status: 424, hint: "pip install a", message: "[load] expected x, received y; try z" });
  });

  it("reads an answer that is not the server's JSON", async () => {
    answer("<h1>Bad gateway</h1>", 502);
    await expect(send("get", "/api/x")).rejects.toMatchObject({ class: "HTTPError", status: 502 });
  });

  it("says so when the server is away, and lets an abort be an abort", async () => {
    vi.stubGlobal("fetch", vi.fn(async () => { throw new TypeError("Failed to fetch"); }));
    await expect(send("get", "/api/x")).rejects.toMatchObject({ class: "ConnectionError", status: 0 });
    vi.stubGlobal("fetch", vi.fn(async () => { throw new DOMException("stop", "AbortError"); }));
    expect(isAbort(await send("get", "/api/x").catch((e: unknown) => e))).toBe(true);
  });

  it("gives up the older of two requests", () => {
    const latest = new Latest();
    const first = latest.next();
    const second = latest.next();
    expect([first.aborted, second.aborted]).toEqual([true, false]);
    latest.stop();
    expect(second.aborted).toBe(true);
  });

  it("writes no question mark without a query", () => expect(address("/api/x", {}, { a: null })).toBe("/api/x"));
});
