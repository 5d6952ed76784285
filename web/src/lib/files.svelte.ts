// The shelf: files given at the start, samples, and what was added here.

import { call, get, remove, type Schema } from "./api/client";

export type ShelfFile = Schema<"FileView">;
export type FileKind = ShelfFile["kind"];

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
    this.files = (await get("/api/files")).files;
    this.loaded = true;
  }

  /** Puts a file of this computer on the shelf (it goes to the server on this machine only). */
  async upload(file: File): Promise<ShelfFile> {
    const answer = await call("post", "/api/files", { query: { name: file.name }, bytes: file });
    await this.refresh();
    return answer.file;
  }

  async forget(id: string): Promise<void> {
    await remove("/api/files/{id}", { path: { id } });
    await this.refresh();
  }

  find(id: string): ShelfFile | undefined {
    return this.files.find((file) => file.id === id);
  }
}

export const shelf = new Shelf();
