import type { UndirectedGraph } from 'graphology';
import type Sigma from 'sigma';
import type { Pin } from '../scene/scene';
import type { Point } from './geometry';
import type { Motion } from './motion';
import type { Spotlight } from './spotlight';
import type { LineStyle, NodeStyle } from './style';

/** What somebody does to the drawing. */
export interface Hands {
  onSelect: (keys: readonly string[], isLink: boolean) => void;
  onExpand: (key: string) => void;
  onPin: (pins: readonly Pin[]) => void;
  /** Everything has come to rest. */
  onRest?: () => void;
}

/** Above so many nodes, what is pointed at does not make the others step back: that draws all of them anew. */
export const HUGE = 8_000;

/** Mouse and touch: pointing, pressing, pressing twice, dragging. */
export function listen(sigma: Sigma<NodeStyle, LineStyle>, graph: UndirectedGraph<NodeStyle, LineStyle>, spotlight: Spotlight, motion: Motion, hands: Hands) {
  function pointAt(node: string | undefined, line: string | undefined) {
    spotlight.node = node;
    spotlight.line = line;
    spotlight.turn();
    sigma.getContainer().style.cursor = node !== undefined || line !== undefined ? 'pointer' : '';
    if (graph.order <= HUGE) sigma.refresh({ skipIndexation: true });
  }
  sigma.on('enterNode', ({ node }) => pointAt(node, spotlight.line));
  sigma.on('leaveNode', () => pointAt(undefined, spotlight.line));
  sigma.on('enterEdge', ({ edge }) => pointAt(spotlight.node, edge));
  sigma.on('leaveEdge', () => pointAt(spotlight.node, undefined));

  sigma.on('clickNode', ({ node, event }) => {
    const { shiftKey, ctrlKey, metaKey } = event.original as MouseEvent;
    const selected = [...spotlight.emphasis.selected];
    const more = selected.includes(node) ? selected.filter((key) => key !== node) : [...selected, node];
    hands.onSelect(shiftKey || ctrlKey || metaKey ? more : [node], false);
  });
  sigma.on('clickEdge', ({ edge }) => hands.onSelect(edge.split('\n'), true));
  sigma.on('clickStage', () => hands.onSelect([], false));
  sigma.on('doubleClickNode', ({ node, preventSigmaDefault }) => {
    preventSigmaDefault();
    hands.onExpand(node);
  });

  let hasMoved = false;
  sigma.on('downNode', ({ node }) => {
    motion.held = node;
    hasMoved = false;
    if (!sigma.getCustomBBox()) sigma.setCustomBBox(sigma.getBBox());
  });
  function drag(point: Point, original: Event) {
    if (motion.held === undefined || !graph.hasNode(motion.held)) return false;
    hasMoved = true;
    graph.mergeNodeAttributes(motion.held, sigma.viewportToGraph(point));
    original.preventDefault();
    original.stopPropagation();
    return true;
  }
  function drop() {
    const { held } = motion;
    motion.held = undefined;
    if (held === undefined || !hasMoved || !graph.hasNode(held)) return;
    const { x, y } = graph.getNodeAttributes(held);
    hands.onPin([{ key: held, x, y }]);
  }
  sigma.getMouseCaptor().on('mousemovebody', (coordinates) => {
    if (drag(coordinates, coordinates.original)) coordinates.preventSigmaDefault();
  });
  sigma.getMouseCaptor().on('mouseup', drop);
  sigma.getTouchCaptor().on('touchmove', (coordinates) => {
    const [touch] = coordinates.touches;
    if (touch && drag(touch, coordinates.original)) coordinates.preventSigmaDefault();
  });
  sigma.getTouchCaptor().on('touchup', drop);
}
