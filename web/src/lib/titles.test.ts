import { expect, it } from "vitest";
import { titles } from "./titles";

it("tells files of one name apart", () => {
  const files = [
    { id: "1", name: "notes.txt", folder: "corpus/a" },
    { id: "2", name: "notes.txt", folder: "corpus/b" },
    { id: "3", name: "other.txt", folder: "corpus/b" },
    { id: "4", name: "notes.txt", folder: "" },
    { id: "5", name: "notes.txt", folder: "" },
  ];
  expect([...titles(files).values()]).toEqual(["corpus/a/notes.txt", "corpus/b/notes.txt", "other.txt", "notes.txt", "notes.txt (2)"]);
});
