import type { AbstractGraph } from 'graphology-types';
import type { Answer, Question } from './layout.worker';

/** How many steps a graph of so many nodes needs to come to rest. */
export function stepsFor(nodes: number): number {
  if (nodes <= 500) return 600;
  if (nodes <= 2_000) return 400;
  return nodes <= 10_000 ? 200 : 80;
}

/** The golden angle, in radians: a spiral that fills a disk evenly. */
const ANGLE = Math.PI * (3 - Math.sqrt(5));

/** A place for each new node: beside a node it is linked to, else on a spiral around the middle. */
export function place(graph: AbstractGraph, isNew: (node: string) => boolean) {
  let spiral = 0;
  graph.forEachNode((node) => {
    if (!isNew(node)) return;
    const known = graph.findNeighbor(node, (neighbor) => !isNew(neighbor));
    spiral += 1;
    const radius = 12 * Math.sqrt(spiral);
    const [x, y] = known ? [graph.getNodeAttribute(known, 'x') as number, graph.getNodeAttribute(known, 'y') as number] : [0, 0];
    const reach = known ? 30 + radius / 4 : radius;
    graph.mergeNodeAttributes(node, { x: x + reach * Math.cos(spiral * ANGLE), y: y + reach * Math.sin(spiral * ANGLE) });
  });
}

/** The forces that move a graph; they work in a thread of their own. */
export class Layout {
  private readonly worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  private asked = 0;
  private nodes: string[] = [];

  constructor(private readonly onMoved: (nodes: readonly string[], positions: Float64Array, isDone: boolean) => void) {
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.id === this.asked) this.onMoved(this.nodes, data.positions, data.isDone);
    };
  }

  /** Begins anew from where the nodes are; what was going on is left. */
  run(graph: AbstractGraph, isFixed: (node: string) => boolean, steps = stepsFor(graph.order)) {
    this.nodes = graph.nodes();
    const index = new Map(this.nodes.map((node, place) => [node, place]));
    const question: Question = {
      id: ++this.asked,
      positions: new Float64Array(2 * this.nodes.length),
      sizes: new Float32Array(this.nodes.length),
      isFixed: new Uint8Array(this.nodes.length),
      ends: new Uint32Array(2 * graph.size),
      weights: new Float32Array(graph.size),
      steps,
    };
    this.nodes.forEach((node, place) => {
      const { x, y, size } = graph.getNodeAttributes(node) as { x: number; y: number; size: number };
      question.positions.set([x, y], 2 * place);
      question.sizes[place] = size;
      question.isFixed[place] = isFixed(node) ? 1 : 0;
    });
    let link = 0;
    graph.forEachEdge((_, { weight }, source, target) => {
      question.ends.set([index.get(source) ?? 0, index.get(target) ?? 0], 2 * link);
      question.weights[link] = Number(weight ?? 1);
      link += 1;
    });
    this.worker.postMessage(question);
  }

  /** Whatever still comes is not heard. */
  stop() {
    this.asked += 1;
  }

  end() {
    this.worker.terminate();
  }
}
