// Light or dark: the system's wish unless the person chose.

export type Theme = "system" | "light" | "dark";
const KEPT = "tokenspace.theme";
const dark = typeof matchMedia === "undefined" ? null : matchMedia("(prefers-color-scheme: dark)");

class CurrentTheme {
  chosen = $state<Theme>("system");
  #system = $state(dark?.matches ?? false);
  /** Whether the page is dark now; canvases redraw when it changes. */
  dark = $derived(this.chosen === "dark" || (this.chosen === "system" && this.#system));

  constructor() {
    dark?.addEventListener("change", (event) => (this.#system = event.matches));
    const kept = typeof localStorage === "undefined" ? null : localStorage.getItem(KEPT);
    if (kept === "light" || kept === "dark") this.choose(kept);
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    if (theme === "system") {
      delete document.documentElement.dataset["theme"];
      localStorage.removeItem(KEPT);
    } else {
      document.documentElement.dataset["theme"] = theme;
      localStorage.setItem(KEPT, theme);
    }
  }
}

export const theme = new CurrentTheme();
