import type { UndirectedGraph } from 'graphology';
import type { LineStyle, NodeStyle } from './style';

/** How long something takes to appear or to go, in milliseconds. */
const FADE = 350;
/** How much of the way is gone with each frame. */
const STRIDE = 0.22;

/** What moves: nodes that forces took elsewhere, and what comes and goes. */
export class Motion {
  /** Nodes and lines that are on their way out. */
  readonly leavingNodes = new Set<string>();
  readonly leavingLines = new Set<string>();
  /** The node that somebody holds: it goes nowhere by itself. */
  held: string | undefined;
  private following = 0;
  private fading = 0;

  constructor(private readonly graph: UndirectedGraph<NodeStyle, LineStyle>) {}

  /** What is new grows, what leaves shrinks, and is gone in the end. */
  fade() {
    cancelAnimationFrame(this.fading);
    const { graph, leavingNodes, leavingLines } = this;
    const begun = performance.now();
    const nodes = new Map(graph.mapNodes((key, { presence }) => [key, presence]));
    const lines = new Map(graph.mapEdges((key, { presence }) => [key, presence]));
    const toward = (from: number | undefined, goal: number, part: number) => (from ?? goal) + (goal - (from ?? goal)) * part;
    const step = (now: number) => {
      const part = Math.min(1, (now - begun) / FADE);
      const only = { attributes: ['presence' as const] };
      graph.updateEachNodeAttributes((key, node) => {
        node.presence = toward(nodes.get(key), leavingNodes.has(key) ? 0 : 1, part);
        return node;
      }, only);
      graph.updateEachEdgeAttributes((key, line) => {
        line.presence = toward(lines.get(key), leavingLines.has(key) ? 0 : 1, part);
        return line;
      }, only);
      if (part < 1) {
        this.fading = requestAnimationFrame(step);
        return;
      }
      for (const key of leavingLines) if (graph.hasEdge(key)) graph.dropEdge(key);
      for (const key of leavingNodes) if (graph.hasNode(key)) graph.dropNode(key);
      leavingLines.clear();
      leavingNodes.clear();
    };
    this.fading = requestAnimationFrame(step);
  }

  /** Puts nodes where they belong: at once, or a part of the way with each frame; `onThere` hears when they are there. */
  follow(nodes: readonly string[], positions: Float64Array, isAtOnce: boolean, onThere: () => void) {
    cancelAnimationFrame(this.following);
    const places = new Map(nodes.map((node, index) => [node, index]));
    const step = () => {
      const left = this.advance(places, positions, isAtOnce ? 1 : STRIDE);
      if (left > 0.5) {
        this.following = requestAnimationFrame(step);
        return;
      }
      if (left > 0) this.advance(places, positions, 1);
      onThere();
    };
    if (isAtOnce) step();
    else this.following = requestAnimationFrame(step);
  }

  /** Goes a part of the way; how far the farthest node still is. */
  private advance(places: ReadonlyMap<string, number>, positions: Float64Array, part: number): number {
    let farthest = 0;
    this.graph.updateEachNodeAttributes((key, node) => {
      const index = places.get(key);
      if (index === undefined || key === this.held) return node;
      const dx = (positions[2 * index] ?? node.x) - node.x;
      const dy = (positions[2 * index + 1] ?? node.y) - node.y;
      node.x += part * dx;
      node.y += part * dy;
      farthest = Math.max(farthest, Math.abs(dx), Math.abs(dy));
      return node;
    }, { attributes: ['x', 'y'] });
    return (1 - part) * farthest;
  }

  end() {
    cancelAnimationFrame(this.following);
    cancelAnimationFrame(this.fading);
  }
}
