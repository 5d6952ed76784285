// Where a walk through the neighbours has been, as in a browser.

export class Trail<T> {
  #places: T[] = [];
  #at = -1;
  readonly #same: (a: T, b: T) => boolean;
  static readonly MOST = 200;

  constructor(same: (a: T, b: T) => boolean) {
    this.#same = same;
  }

  /** Notes where one is now: nothing new after going back or forward to it, else the end of the trail. */
  visit(place: T): void {
    const here = this.#places[this.#at];
    if (here !== undefined && this.#same(here, place)) return;
    this.#places = [...this.#places.slice(0, this.#at + 1), place].slice(-Trail.MOST);
    this.#at = this.#places.length - 1;
  }

  get canBack(): boolean {
    return this.#at > 0;
  }

  get canForward(): boolean {
    return this.#at < this.#places.length - 1;
  }

  back(): T | undefined {
    return this.canBack ? this.#places[--this.#at] : undefined;
  }

  forward(): T | undefined {
    return this.canForward ? this.#places[++this.#at] : undefined;
  }
}
