// Requests to the server, typed by its OpenAPI document (schema.d.ts is made by `npm run types`).

import type { components, paths } from "./schema";

/** A contract of the server by its name: `Schema<"FileEntry">`. */
export type Schema<N extends keyof components["schemas"]> = components["schemas"][N];

export type Method = "get" | "post" | "put" | "delete";
export type Path<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never }[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;
type Json<R> = R extends { content: { "application/json": infer T } } ? T : never;
export type Answer<P extends keyof paths, M extends Method> = Operation<P, M> extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 ? Json<R[S]> : never }[keyof R]
  : never;
type Body<O> = O extends { requestBody?: { content: { "application/json": infer T } } } ? T : never;
type Parameters<O, In extends string> = O extends { parameters: infer A } ? (In extends keyof A ? Exclude<A[In], undefined> : never) : never;

export interface Options<P extends keyof paths, M extends Method> {
  body?: Body<Operation<P, M>>;
  /** Bytes for routes whose body is not JSON. */
  bytes?: Blob | Uint8Array<ArrayBuffer>;
  path?: Parameters<Operation<P, M>, "path">;
  query?: Parameters<Operation<P, M>, "query">;
  signal?: AbortSignal;
}

/** What the server said instead of an answer. `class` is the Python exception's name, `hint` a command that helps. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly class: string;
  readonly status: number;
  readonly hint: string | null;

  constructor(kind: string, message: string, status: number, hint: string | null = null) {
    super(message);
    this.class = kind;
    this.status = status;
    this.hint = hint;
  }
}

/** Whether a request was given up on purpose (a newer one took its place): nothing to show. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

const KEPT = "tokenspace.page";
let unkept = "";

/** The random id of this page, the same after a reload: jobs belong to it. */
export function page(): string {
  const kept = typeof sessionStorage === "undefined" ? unkept : sessionStorage.getItem(KEPT);
  if (kept) return kept;
  const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (typeof sessionStorage === "undefined") unkept = id;
  else sessionStorage.setItem(KEPT, id);
  return id;
}

/** The address of a path of the API with its parameters filled in. */
export function address(path: string, parts: Record<string, unknown> = {}, query: Record<string, unknown> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}

async function failure(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  try {
    const { error } = JSON.parse(text) as { error: { class: string; message: string; hint?: string | null } };
    return new ApiError(error.class, error.message, response.status, error.hint ?? null);
  } catch {
    return new ApiError("HTTPError", `[${response.status}] ${text.slice(0, 300) || response.statusText}`, response.status);
  }
}

/** Sends one request and gives its JSON. Throws `ApiError`, or the AbortError of `signal`. */
export async function call<M extends Method, P extends Path<M>>(method: M, path: P, options: Options<P, M> = {}): Promise<Answer<P, M>> {
  const headers: Record<string, string> = { Accept: "application/json", "X-Page": page() };
  let body: BodyInit | undefined;
  if (options.bytes !== undefined) {
    headers["Content-Type"] = "application/octet-stream";
    body = options.bytes;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    // A lone surrogate (half an emoji while typing) has no UTF-8: fetch sends U+FFFD, as the text area shows it.
    body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(address(path as string, options.path as Record<string, unknown>, options.query as Record<string, unknown>), {
      method: method.toUpperCase(),
      headers,
      ...(body === undefined ? {} : { body }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError("ConnectionError", "[studio] expected an answer from the server, received none; try: is `tokenspace studio` still running?", 0);
  }
  if (!response.ok) throw await failure(response);
  if (response.status === 204) return undefined as Answer<P, M>;
  return (await response.json()) as Answer<P, M>;
}

export const get = <P extends Path<"get">>(path: P, options?: Options<P, "get">): Promise<Answer<P, "get">> => call("get", path, options);
export const post = <P extends Path<"post">>(path: P, options?: Options<P, "post">): Promise<Answer<P, "post">> => call("post", path, options);
export const remove = <P extends Path<"delete">>(path: P, options?: Options<P, "delete">): Promise<Answer<P, "delete">> => call("delete", path, options);

/** Keeps only the newest of several requests: each `next()` gives up the one before it. */
export class Latest {
  #controller: AbortController | undefined;

  next(): AbortSignal {
    this.#controller?.abort();
    this.#controller = new AbortController();
    return this.#controller.signal;
  }

  stop(): void {
    this.#controller?.abort();
  }
}
