// What a room shows to one who comes without a link: their own files, where some were given at the start.

import { shelf, type FileKind, type ShelfFile } from "./files.svelte";

/** The files of a kind that Studio was started with, in the order of the shelf; none where the shelf cannot be read. */
export async function given(...kinds: FileKind[]): Promise<ShelfFile[]> {
  await shelf.load().catch(() => undefined); // the room says so where it lists files
  return shelf.files.filter((file) => file.origin === "given" && kinds.includes(file.kind));
}
