// What can be chosen for a task, by the one name used in requests and in links.

import { ApiError, address, page } from "./api/client";

export type Task = "tokenizer" | "vectors" | "matrix" | "encoder" | "contextual" | "sessions" | "recommender";
export interface ModelEntry {
  name: string;
  title: string;
  origin: string;
  detail: string;
}

class Models {
  #lists = $state<Partial<Record<Task, ModelEntry[]>>>({});

  of(task: Task): ModelEntry[] {
    return this.#lists[task] ?? [];
  }

  /** Asks the server for the list of a task: at the start, after an upload, after a training. */
  async refresh(task: Task): Promise<void> {
    const response = await fetch(address("/api/models", {}, { task }), { headers: { "X-Page": page() } });
    const body = (await response.json().catch(() => null)) as { models?: ModelEntry[]; error?: { class: string; message: string } } | null;
    if (!response.ok || !body?.models) {
      throw new ApiError(body?.error?.class ?? "HTTPError", body?.error?.message ?? `[${response.status}] ${response.statusText}`, response.status);
    }
    this.#lists[task] = body.models;
  }
}

export const models = new Models();
