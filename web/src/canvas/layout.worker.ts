/**
 * Puts nodes where forces take them, by ForceAtlas2 (Jacomy et al., PLoS ONE 9(6), 2014), off the
 * page's own thread. The same question gets the same answer: a number of steps, not a time, is done.
 */
import { UndirectedGraph } from 'graphology';
import forceAtlas2 from 'graphology-layout-forceatlas2';
import noverlap from 'graphology-layout-noverlap';

export interface Question {
  id: number;
  /** x and y of each node, one after the other. */
  positions: Float64Array;
  sizes: Float32Array;
  isFixed: Uint8Array;
  /** Two nodes for each link. */
  ends: Uint32Array;
  weights: Float32Array;
  /** How many steps to do. */
  steps: number;
}

export interface Answer {
  id: number;
  positions: Float64Array;
  isDone: boolean;
}

/** Above so many nodes, overlaps stay. */
const SPREAD = 1500;
/** Up to so many nodes, the end comes so soon that the way to it is not worth showing. */
const QUIET = 400;
/** The usual height of a drawing, in pixels. */
const WINDOW = 640;

let current = -1;

function pause(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}

async function settle(question: Question) {
  const { id, positions, sizes, isFixed, ends, weights, steps } = question;
  const count = sizes.length;
  const graph = new UndirectedGraph();
  for (let node = 0; node < count; node += 1) {
    graph.addNode(node, { x: positions[2 * node], y: positions[2 * node + 1], size: sizes[node], fixed: isFixed[node] === 1 });
  }
  for (let link = 0; link < weights.length; link += 1) {
    const [one, other] = [ends[2 * link], ends[2 * link + 1]];
    if (one !== other) graph.mergeEdge(one, other, { weight: weights[link] });
  }
  const settings = {
    ...forceAtlas2.inferSettings(count),
    barnesHutOptimize: count > 1000,
    barnesHutTheta: 0.8,
    gravity: count > 1000 ? 0.05 : 1,
    scalingRatio: 12,
    strongGravityMode: false,
    slowDown: 1 + Math.log(count + 1),
    adjustSizes: false,
    edgeWeightInfluence: 0.5,
  };
  const answer = (isDone: boolean) => {
    const found = new Float64Array(2 * count);
    graph.forEachNode((node, { x, y }) => {
      found[2 * Number(node)] = x;
      found[2 * Number(node) + 1] = y;
    });
    const message: Answer = { id, positions: found, isDone };
    postMessage(message, { transfer: [found.buffer] });
  };
  // Long enough to matter, short enough that the page moves on.
  const stride = Math.max(1, Math.min(40, Math.round(40_000 / (count + 1))));
  for (let done = 0; done < steps; done += stride) {
    forceAtlas2.assign(graph, { iterations: Math.min(stride, steps - done), settings });
    if (done + stride < steps && count > QUIET) answer(false);
    await pause();
    if (current !== id) return;
  }
  if (count <= SPREAD && !isFixed.includes(1)) {
    // Sizes are in pixels: what one is, when the drawing fills a window of common size.
    const xs = graph.mapNodes((_, { x }) => x as number);
    const ys = graph.mapNodes((_, { y }) => y as number);
    const pixel = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) / WINDOW;
    noverlap.assign(graph, { maxIterations: 120, settings: { margin: 9 * pixel, ratio: pixel, expansion: 1.2, speed: 3 } });
  }
  answer(true);
}

onmessage = ({ data }: MessageEvent<Question>) => {
  current = data.id;
  void settle(data);
};
