// The Huffman tree from the paths of its words, laid out for drawing.

export interface Path {
  word: string;
  count: number;
  code: readonly number[];
  points: readonly number[];
}
export interface TreeNode {
  /** Number of an inner node; -1 for a leaf. */
  point: number;
  word: string;
  count: number;
  /** Words below, itself for a leaf. */
  leaves: number;
  depth: number;
  /** By the step that leads there: 1 to the left, 0 to the right. */
  children: Partial<Record<0 | 1, TreeNode>>;
}

/** The tree of all words; undefined without any. */
export function build(paths: readonly Path[]): TreeNode | undefined {
  const [first] = paths;
  if (!first) return undefined;
  const inner = (point: number, depth: number): TreeNode => ({ point, word: "", count: 0, leaves: 0, depth, children: {} });
  const leaf = (path: Path): TreeNode => ({ point: -1, word: path.word, count: path.count, leaves: 1, depth: path.code.length, children: {} });
  if (!first.code.length) return leaf(first);
  const root = inner(first.points[0] ?? 0, 0);
  for (const path of paths) {
    let node = root;
    path.code.forEach((step, depth) => {
      const side = step === 1 ? 1 : 0;
      node.count += path.count;
      node.leaves += 1;
      const last = depth === path.code.length - 1;
      node.children[side] ??= last ? leaf(path) : inner(path.points[depth + 1] ?? 0, depth + 1);
      node = node.children[side];
    });
  }
  return root;
}

export interface Placed {
  node: TreeNode;
  x: number;
  y: number;
  /** Its words are not drawn one by one. */
  collapsed: boolean;
  onPath: boolean;
}
export interface Edge {
  from: Placed;
  to: Placed;
  step: 0 | 1;
  onPath: boolean;
}
export interface Layout {
  nodes: Placed[];
  edges: Edge[];
  /** Columns and rows taken. */
  columns: number;
  rows: number;
}

/** Columns for leaves from left to right, rows by depth. With more than `most` words everything off the path is collapsed. */
export function layout(root: TreeNode, code: readonly number[], most = 24): Layout {
  const nodes: Placed[] = [];
  const edges: Edge[] = [];
  const whole = root.leaves <= most;
  let columns = 0;
  let rows = 0;

  function place(node: TreeNode, onPath: boolean): Placed {
    const collapsed = !whole && !onPath && node.point >= 0;
    const sides: (0 | 1)[] = collapsed ? [] : [1, 0];
    const below = sides.flatMap((step) => {
      const child = node.children[step];
      if (!child) return [];
      const along = onPath && code[node.depth] === step;
      return [{ placed: place(child, along), step, along }];
    });
    const x = below.length ? below.reduce((sum, one) => sum + one.placed.x, 0) / below.length : columns++;
    const placed = { node, x, y: node.depth, collapsed, onPath };
    rows = Math.max(rows, node.depth + 1);
    nodes.push(placed);
    for (const one of below) edges.push({ from: placed, to: one.placed, step: one.step, onPath: one.along });
    return placed;
  }

  place(root, true);
  return { nodes, edges, columns, rows };
}
