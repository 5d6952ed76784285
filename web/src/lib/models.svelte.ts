// What can be chosen for a task, by the one name used in requests and in links.

import { get, type Schema } from "./api/client";

export type Task = "tokenizer" | "vectors" | "matrix" | "encoder" | "contextual" | "sessions" | "recommender";
export type ModelEntry = Schema<"ModelView">;

class Models {
  #lists = $state<Partial<Record<Task, ModelEntry[]>>>({});

  of(task: Task): ModelEntry[] {
    return this.#lists[task] ?? [];
  }

  /** What a person reads for a name: of an upload its file's, of a training its own; else the name. */
  title(task: Task, name: string): string {
    return this.of(task).find((model) => model.name === name)?.title ?? name;
  }

  /** Asks the server for the list of a task: at the start, after an upload, after a training. */
  async refresh(task: Task): Promise<void> {
    this.#lists[task] = (await get("/api/models", { query: { task } })).models;
  }
}

export const models = new Models();
