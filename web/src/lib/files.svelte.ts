// The shelf: files given at the start, samples, and what was added here.

import { ApiError, address, page } from "./api/client";

export type FileKind = "text" | "tokenizer" | "vectors" | "model" | "sessions" | "other";
export interface ShelfFile {
  id: string;
  name: string;
  folder: string | null;
  bytes: number;
  kind: FileKind;
  origin: "given" | "uploaded" | "sample";
}

async function ask<T>(method: string, path: string, body?: Blob): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { method, headers: { "X-Page": page(), ...(body ? { "Content-Type": "application/octet-stream" } : {}) }, ...(body ? { body } : {}) });
  } catch {
    throw new ApiError("ConnectionError", "[studio] expected an answer from the server, received none; try: is `tokenspace studio` still running?", 0);
  }
  const answer = (await response.json().catch(() => null)) as (T & { error?: { class: string; message: string; hint?: string | null } }) | null;
  if (!response.ok) {
    const error = answer?.error;
    throw new ApiError(error?.class ?? "HTTPError", error?.message ?? `[${response.status}] ${response.statusText}`, response.status, error?.hint ?? null);
  }
  return answer as T;
}

class Shelf {
  files = $state.raw<ShelfFile[]>([]);
  loaded = $state(false);
  #asked: Promise<void> | undefined;

  /** Loads the list once; later calls give the same promise. */
  load(): Promise<void> {
    this.#asked ??= this.refresh().catch((error: unknown) => {
      this.#asked = undefined;
      throw error;
    });
    return this.#asked;
  }

  async refresh(): Promise<void> {
    this.files = (await ask<{ files: ShelfFile[] }>("GET", "/api/files")).files;
    this.loaded = true;
  }

  /** Puts a file of this computer on the shelf (it goes to the server on this machine only). */
  async upload(file: File): Promise<ShelfFile> {
    const answer = await ask<ShelfFile | { file: ShelfFile }>("POST", address("/api/files", {}, { name: file.name }), file);
    await this.refresh();
    return "file" in answer ? answer.file : answer;
  }

  async forget(id: string): Promise<void> {
    await ask("DELETE", address("/api/files/{id}", { id }));
    await this.refresh();
  }

  find(id: string): ShelfFile | undefined {
    return this.files.find((file) => file.id === id);
  }
}

export const shelf = new Shelf();
