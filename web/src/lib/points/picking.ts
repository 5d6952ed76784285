// Which points are where: a uniform grid over the plane, the points of a cell side by side in memory.

const PER_CELL = 3;
const MOST_CELLS = 1 << 20;

/** An index over x0, y0, x1, y1, ...; points that are not finite are not in it. */
export class Grid {
  private readonly columns: number;
  private readonly rows: number;
  private readonly left: number;
  private readonly bottom: number;
  private readonly cell: number;
  private readonly starts: Uint32Array;
  private readonly items: Uint32Array;

  constructor(private readonly xy: Float32Array) {
    const n = xy.length / 2;
    let left = Infinity, right = -Infinity, bottom = Infinity, top = -Infinity, there = 0;
    for (let i = 0; i < n; i++) {
      const x = xy[2 * i]!, y = xy[2 * i + 1]!;
      if (!(Number.isFinite(x) && Number.isFinite(y))) continue;
      there++;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < bottom) bottom = y;
      if (y > top) top = y;
    }
    this.left = there ? left : 0;
    this.bottom = there ? bottom : 0;
    const wide = there ? right - left : 0, tall = there ? top - bottom : 0;
    const wanted = Math.min(MOST_CELLS, Math.max(1, there / PER_CELL));
    // A line of points has no area: its cells are as long as the line asks for.
    this.cell = wide * tall > 0 ? Math.max(Math.sqrt((wide * tall) / wanted), (wide + tall) / MOST_CELLS)
      : (wide + tall) / wanted || 1;
    this.columns = Math.floor(wide / this.cell) + 1;
    this.rows = Math.floor(tall / this.cell) + 1;
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    const cells = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      const x = xy[2 * i]!, y = xy[2 * i + 1]!;
      cells[i] = Number.isFinite(x) && Number.isFinite(y) ? this.column(x) + this.row(y) * this.columns : -1;
      if (cells[i]! >= 0) this.starts[cells[i]! + 1]!++;
    }
    for (let c = 0; c < this.columns * this.rows; c++) this.starts[c + 1]! += this.starts[c]!;
    this.items = new Uint32Array(there);
    const next = this.starts.slice(0, -1);
    for (let i = 0; i < n; i++) if (cells[i]! >= 0) this.items[next[cells[i]!]!++] = i;
  }

  /** The point nearest to (x, y), not farther than `reach`; -1 when there is none. Equal ones: the first. */
  nearest(x: number, y: number, reach: number): number {
    return this.nearestOf(x, y, 1, reach)[0] ?? -1;
  }

  /** Up to `k` points nearest to (x, y), nearest first, not farther than `reach`, without `except`. */
  nearestOf(x: number, y: number, k: number, reach = Infinity, except = -1): number[] {
    const found: { index: number; away: number }[] = [];
    const limit = () => (found.length < k ? reach * reach : found[found.length - 1]!.away);
    const middleColumn = Math.floor((x - this.left) / this.cell), middleRow = Math.floor((y - this.bottom) / this.cell);
    // Rings of cells outward until a ring is farther than what was found.
    const farthest = Math.max(
      Math.abs(middleColumn), Math.abs(middleColumn - this.columns + 1), Math.abs(middleRow), Math.abs(middleRow - this.rows + 1),
    );
    const nearestRing = Math.max(0, -middleColumn, middleColumn - this.columns + 1, -middleRow, middleRow - this.rows + 1);
    for (let ring = nearestRing; ring <= farthest; ring++) {
      const clear = Math.max(0, ring - 1) * this.cell;
      if (clear * clear > limit()) break;
      const firstRow = Math.max(0, middleRow - ring), lastRow = Math.min(this.rows - 1, middleRow + ring);
      for (let row = firstRow; row <= lastRow; row++) {
        const edge = Math.abs(row - middleRow) === ring;
        const step = edge || ring === 0 ? 1 : 2 * ring;
        for (let column = middleColumn - ring; column <= middleColumn + ring; column += step) {
          if (column < 0 || column >= this.columns) continue;
          const c = column + row * this.columns;
          for (let place = this.starts[c]!; place < this.starts[c + 1]!; place++) {
            const index = this.items[place]!;
            if (index === except) continue;
            const dx = this.xy[2 * index]! - x, dy = this.xy[2 * index + 1]! - y;
            const away = dx * dx + dy * dy;
            if (away > limit() || (found.length === k && away === limit() && index > found[k - 1]!.index)) continue;
            let at = found.length;
            while (at > 0 && (found[at - 1]!.away > away || (found[at - 1]!.away === away && found[at - 1]!.index > index))) at--;
            found.splice(at, 0, { index, away });
            if (found.length > k) found.pop();
          }
        }
      }
    }
    return found.map((one) => one.index);
  }

  /** Calls `visit` for each point of a rectangle, in no order; `visit` may return false to stop. */
  inside(left: number, bottom: number, right: number, top: number, visit: (index: number) => boolean | void): void {
    if (!(left <= right && bottom <= top)) return;
    const lastColumn = this.column(right), lastRow = this.row(top);
    for (let row = this.row(bottom); row <= lastRow; row++) {
      for (let column = this.column(left); column <= lastColumn; column++) {
        const c = column + row * this.columns;
        for (let place = this.starts[c]!; place < this.starts[c + 1]!; place++) {
          const index = this.items[place]!;
          const x = this.xy[2 * index]!, y = this.xy[2 * index + 1]!;
          if (x >= left && x <= right && y >= bottom && y <= top && visit(index) === false) return;
        }
      }
    }
  }

  private column(x: number): number {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.left) / this.cell)));
  }

  private row(y: number): number {
    return Math.min(this.rows - 1, Math.max(0, Math.floor((y - this.bottom) / this.cell)));
  }
}
