// Names of files in a list, told apart.

interface Named {
  id: string;
  name: string;
  folder: string;
}

/** Id -> the name; with the folder where another file has the same name, with a number where that is the same too. */
export function titles(files: readonly Named[]): Map<string, string> {
  const same = new Map<string, number>();
  for (const { name } of files) same.set(name, (same.get(name) ?? 0) + 1);
  const given = new Map<string, number>();
  const found = new Map<string, string>();
  for (const { id, name, folder } of files) {
    const title = (same.get(name) ?? 0) > 1 && folder ? `${folder}/${name}` : name;
    const times = (given.get(title) ?? 0) + 1;
    given.set(title, times);
    found.set(id, times > 1 ? `${title} (${times})` : title);
  }
  return found;
}
