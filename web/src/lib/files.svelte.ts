// The shelf: files given at the start, samples, and what was added here.

import { call, get, remove, type Schema } from "./api/client";
import { say } from "./language.svelte";
import { titles } from "./titles";
import { words } from "./words";

export type ShelfFile = Schema<"FileView">;
export type FileKind = ShelfFile["kind"];

class Shelf {
  files = $state.raw<ShelfFile[]>([]);
  loaded = $state(false);
  #asked: Promise<void> | undefined;
  #titles = $derived(titles(this.files));

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
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      // The request would fail as if the server had gone.
      throw new Error(say(words).files.unreadable(file.name));
    }
    const answer = await call("post", "/api/files", { query: { name: file.name }, bytes: file });
    await this.refresh();
    return answer.file;
  }

  async forget(id: string): Promise<void> {
    await remove("/api/files/{id}", { path: { id } });
    await this.refresh();
  }

  /** What a file is called where several are listed: its name, with its folder where another has the same. */
  title(file: ShelfFile): string {
    return this.#titles.get(file.id) ?? file.name;
  }

  find(id: string): ShelfFile | undefined {
    return this.files.find((file) => file.id === id);
  }
}

export const shelf = new Shelf();
