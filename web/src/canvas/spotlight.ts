import type { UndirectedGraph } from 'graphology';
import { mixed, type LineStyle, type NodeStyle, type Style } from './style';

/** What stands out because of what the page says. */
export interface Emphasis {
  selected: ReadonlySet<string>;
  /** The line that is selected. */
  link: string | undefined;
  /** Nodes and lines of the path that is told. */
  path: { nodes: ReadonlySet<string>; links: ReadonlySet<string> } | undefined;
  pinned: ReadonlySet<string>;
}

/** Up to so many neighbours, the names of all lines to them are shown; up to fewer, even where they are crowded. */
const NAMED = 40;
const CROWDED = 14;

/** What stands out, by what is selected, told or pointed at; everything else steps back. */
export class Spotlight {
  emphasis: Emphasis = { selected: new Set(), link: undefined, path: undefined, pinned: new Set() };
  /** The node and the line that are pointed at. */
  node: string | undefined;
  line: string | undefined;
  hasNames = true;
  private near: ReadonlySet<string> = new Set();

  constructor(private readonly graph: UndirectedGraph<NodeStyle, LineStyle>) {}

  /** Finds what is beside the node that is pointed at, or selected. */
  turn() {
    const { selected } = this.emphasis;
    const [only] = selected;
    const center = this.node ?? (selected.size === 1 ? only : undefined);
    const isThere = center !== undefined && this.graph.hasNode(center);
    this.near = isThere ? new Set([center, ...this.graph.neighbors(center)]) : new Set();
  }

  isSelected(key: string): boolean {
    return this.emphasis.selected.has(key);
  }

  /** Whether the name of a node is shown whatever stands there already. */
  isNamed(key: string): boolean {
    return this.isSelected(key) || key === this.node || Boolean(this.emphasis.path?.nodes.has(key));
  }

  private isFaint(key: string): boolean {
    const { path, selected, link } = this.emphasis;
    if (this.node !== undefined) return !this.near.has(key);
    if (path) return !path.nodes.has(key);
    if (link !== undefined) return !link.split('\n').includes(key);
    return selected.size === 1 && this.near.size > 1 && !this.near.has(key);
  }

  /** A node in this light. */
  onNode(key: string, node: NodeStyle, style: Style) {
    const isSelected = this.isSelected(key);
    const isFaint = this.isFaint(key);
    const isMarked = isSelected || key === this.node;
    if (!isFaint && !isMarked && node.presence === 1) return node;
    const size = node.size * node.presence;
    return {
      ...node,
      size: isSelected ? size + 3 : size,
      color: isFaint ? mixed(node.color, style.look.paper, 0.72) : node.color,
      image: isFaint ? undefined : node.image,
      type: isFaint && !style.isLarge ? 'circle' : node.type,
      label: isFaint || node.presence < 1 ? '' : node.label,
      forceLabel: this.isNamed(key),
      highlighted: isSelected,
      zIndex: isMarked ? 2 : isFaint ? 0 : 1,
    };
  }

  /** A line in this light. */
  onLine(key: string, line: LineStyle, style: Style) {
    const { path, link, selected } = this.emphasis;
    const ends = key.split('\n');
    const touches = this.node !== undefined ? ends.includes(this.node) : selected.size === 1 && ends.some((end) => selected.has(end));
    const isTold = path ? path.links.has(key) : key === link || key === this.line;
    const isStrong = isTold || (!path && touches);
    const isFaint = !isStrong && (Boolean(path) || link !== undefined || this.near.size > 1);
    const isNamed = isTold || (isStrong ? this.near.size <= NAMED : !isFaint && this.graph.size <= NAMED);
    const hasNames = this.hasNames && !style.isLarge;
    return {
      ...line,
      size: line.size * line.presence * (isStrong ? 1.8 : 1),
      color: isStrong ? style.look.accent : isFaint ? mixed(line.color, style.look.paper, 0.6) : line.color,
      label: hasNames && isNamed ? line.label : '',
      forceLabel: hasNames && (isTold || (isStrong && this.near.size <= CROWDED)),
      zIndex: isStrong ? 1 : 0,
    };
  }
}
