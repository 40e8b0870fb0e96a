import { UndirectedGraph } from 'graphology';
import Sigma from 'sigma';
import { EdgeArrowProgram, EdgeLineProgram, EdgeRectangleProgram, NodeCircleProgram, NodePointProgram, type NodeLabelDrawingFunction } from 'sigma/rendering';
import type { MouseCoords } from 'sigma/types';
import { createNodeImageProgram } from '@sigma/node-image';
import { plain } from '../look/plain';
import { type Link, type Picture, type Shown } from '../scene/picture';
import type { Pin } from '../scene/scene';
import { Layout, place } from './layout';

/** How a kind looks. */
export interface KindLook {
  colour: string;
  /** A picture's address. */
  image: string;
}

/** How everything looks; comes from the page's style sheet and the ontology. */
export interface Look {
  kinds: ReadonlyMap<string, KindLook>;
  ink: string;
  paper: string;
  faint: string;
  line: string;
  accent: string;
  font: string;
  isStill: boolean;
  /** What a line is called. */
  nameOf: (link: Link) => string;
}

/** What somebody does to the drawing. */
export interface Hands {
  onSelect: (keys: readonly string[], isLink: boolean) => void;
  onExpand: (key: string) => void;
  onPin: (pins: readonly Pin[]) => void;
  onRest?: () => void;
}

/** What stands out; everything else steps back. */
export interface Emphasis {
  selected: ReadonlySet<string>;
  link: string | undefined;
  /** Nodes and lines of the path that is told. */
  path: { nodes: ReadonlySet<string>; links: ReadonlySet<string> } | undefined;
  pinned: ReadonlySet<string>;
}

interface NodeLook {
  x: number;
  y: number;
  size: number;
  color: string;
  label: string;
  type: string;
  image?: string;
  shown: Shown;
  /** From 0, not there, to 1. */
  presence: number;
  more: number;
}

interface EdgeLook {
  size: number;
  color: string;
  type: string;
  label: string;
  weight: number;
  link: Link;
  presence: number;
}

/** Above so many nodes the drawing does less: no icons, no arrows, no lines that can be pressed, none while it moves. */
const LARGE = 2_000;
/** Above so many nodes, names are left out while the drawing moves. */
const HUGE = 8_000;
/** In a container that is narrower or lower than this, in pixels, everything is smaller. */
const SMALL = 420;
/** How long something takes to appear or to go, in milliseconds. */
const FADE = 350;

const NO_EMPHASIS: Emphasis = { selected: new Set(), link: undefined, path: undefined, pinned: new Set() };

/** The drawing of a picture, on WebGL. */
export class Canvas {
  private readonly graph = new UndirectedGraph<NodeLook, EdgeLook>();
  private sigma: Sigma<NodeLook, EdgeLook>;
  private readonly layout: Layout;
  private emphasis = NO_EMPHASIS;
  private hovered: string | undefined;
  private near: ReadonlySet<string> = new Set();
  private targets: { nodes: readonly string[]; positions: Float64Array } | undefined;
  private frame = 0;
  private fading = 0;
  private dragged: { key: string; hasMoved: boolean } | undefined;
  private hasNames = true;

  constructor(
    readonly container: HTMLElement,
    private look: Look,
    private readonly hands: Hands,
  ) {
    this.layout = new Layout((nodes, positions, isDone) => this.move(nodes, positions, isDone));
    this.sigma = this.begin(false);
    this.wear(look);
  }

  /** The renderer. What can be pressed is drawn twice, so lines of a large graph cannot. */
  private begin(isLarge: boolean): Sigma<NodeLook, EdgeLook> {
    const icon = createNodeImageProgram<NodeLook, EdgeLook>({ padding: 0.22, size: { mode: 'force', value: 96 }, drawLabel: undefined, drawHover: undefined });
    const sigma = new Sigma<NodeLook, EdgeLook>(this.graph, this.container, {
      allowInvalidContainer: true,
      // Each program is compiled when the renderer begins: only those that are used.
      nodeProgramClasses: isLarge ? { point: NodePointProgram } : { icon, circle: NodeCircleProgram },
      edgeProgramClasses: isLarge ? { thin: EdgeLineProgram } : { arrow: EdgeArrowProgram, line: EdgeRectangleProgram },
      nodeHoverProgramClasses: isLarge ? { point: NodePointProgram } : { icon, circle: NodeCircleProgram },
      defaultNodeType: isLarge ? 'point' : 'circle',
      defaultEdgeType: isLarge ? 'thin' : 'line',
      labelRenderedSizeThreshold: isLarge ? 8 : 5,
      labelDensity: 0.7,
      labelGridCellSize: 100,
      renderEdgeLabels: true,
      enableEdgeEvents: !isLarge,
      hideEdgesOnMove: isLarge,
      zIndex: true,
      minCameraRatio: 0.02,
      maxCameraRatio: 6,
      stagePadding: Math.min(64, 0.07 * this.container.clientWidth),
      minEdgeThickness: 1.2,
      defaultDrawNodeLabel: this.drawLabel,
      defaultDrawNodeHover: (context, data, settings) => this.drawLabel(context, { ...data, size: data.size + 1 }, settings),
      nodeReducer: (key, node) => this.nodeLook(key, node),
      edgeReducer: (key, edge) => this.edgeLook(key, edge),
    });
    this.listen(sigma);
    return sigma;
  }

  /** Draws the page's colours anew. */
  wear(look: Look) {
    this.look = look;
    this.dress();
    this.restyle();
    this.sigma.refresh();
  }

  private restyle() {
    this.graph.forEachNode((key, { shown, presence }) => this.graph.mergeNodeAttributes(key, this.nodeOf(shown, presence)));
    this.graph.forEachEdge((key, { link, presence }) => this.graph.mergeEdgeAttributes(key, this.edgeOf(link, presence)));
  }

  private dress() {
    const { look } = this;
    this.sigma.setSettings({
      labelFont: look.font,
      edgeLabelFont: look.font,
      labelSize: 13,
      labelWeight: '500',
      edgeLabelSize: 11,
      labelColor: { color: look.ink },
      edgeLabelColor: { color: look.faint },
    });
  }

  /**
   * Shows a picture in place of the one before: what is in both stays where it is, what is new comes
   * beside what it is linked to, what is gone fades. Forces run if something is new.
   */
  show(picture: Picture, pins: readonly Pin[]) {
    const { graph } = this;
    const isFirst = graph.order === 0;
    const isLarge = picture.entities.size > LARGE;
    const wasLarge = this.scale.isLarge;
    this.scale = new Scale([...picture.entities.values()], isLarge, Math.min(this.container.clientHeight, this.container.clientWidth) < SMALL ? 0.65 : 1);
    // A renderer hears of each change by itself: of many, it is quicker to begin anew.
    const isAnew = isLarge || wasLarge;
    const camera = this.sigma.getCamera().getState();
    if (isAnew) this.sigma.kill();
    const isSudden = isAnew || isFirst || this.look.isStill;
    const lines = new Map(picture.links.filter((link) => link.source !== link.target).map((link) => [link.id, link]));
    for (const key of graph.edges()) {
      if (lines.has(key)) continue;
      if (isSudden || !graph.hasEdge(key)) graph.dropEdge(key);
      else this.leaving.add(key);
    }
    for (const key of graph.nodes()) {
      if (picture.entities.has(key)) continue;
      const { x, y } = graph.getNodeAttributes(key);
      this.memory.set(key, { x, y });
      if (isSudden) graph.dropNode(key);
      else this.leavingNodes.add(key);
    }
    const added = new Set<string>();
    for (const shown of picture.entities.values()) {
      this.leavingNodes.delete(shown.key);
      if (graph.hasNode(shown.key)) {
        graph.mergeNodeAttributes(shown.key, this.nodeOf(shown, graph.getNodeAttribute(shown.key, 'presence')));
      } else {
        const known = this.memory.get(shown.key);
        if (!known) added.add(shown.key);
        graph.addNode(shown.key, { x: 0, y: 0, ...known, ...this.nodeOf(shown, isSudden ? 1 : 0) });
      }
    }
    for (const link of lines.values()) {
      this.leaving.delete(link.id);
      if (graph.hasEdge(link.id)) {
        graph.mergeEdgeAttributes(link.id, this.edgeOf(link, graph.getEdgeAttribute(link.id, 'presence')));
      } else {
        graph.addEdgeWithKey(link.id, link.source, link.target, this.edgeOf(link, isSudden ? 1 : 0));
      }
    }
    place(graph, (node) => added.has(node));
    for (const { key, x, y } of pins) {
      if (graph.hasNode(key)) graph.mergeNodeAttributes(key, { x, y });
    }
    if (isAnew) {
      this.sigma = this.begin(isLarge);
      this.sigma.getCamera().setState(camera);
      this.dress();
    }
    this.sigma.setSetting('hideLabelsOnMove', picture.entities.size > HUGE);
    if (!isSudden) this.fade();
    if (added.size > 0) {
      const pinned = new Set(pins.map((pin) => pin.key));
      this.sigma.setCustomBBox(null);
      this.layout.run(graph, (node) => pinned.has(node));
    } else {
      this.sigma.refresh();
      if (graph.order > 0) this.hands.onRest?.();
    }
  }

  private scale = new Scale([], false, 1);
  /** Where nodes were that went: what comes back comes back there. */
  private readonly memory = new Map<string, { x: number; y: number }>();
  private readonly leaving = new Set<string>();
  private readonly leavingNodes = new Set<string>();

  private nodeOf(shown: Shown, presence: number): Omit<NodeLook, 'x' | 'y'> {
    const look = this.look.kinds.get(shown.kind);
    return {
      shown,
      presence,
      more: Math.max(0, shown.total - shown.drawn),
      size: this.scale.size(shown.measure),
      color: look?.colour ?? this.look.faint,
      label: plain(shown.label),
      type: this.scale.isLarge ? 'point' : look ? 'icon' : 'circle',
      image: look?.image,
    };
  }

  private edgeOf(link: Link, presence: number): EdgeLook {
    const isDirected = !link.isMutual && !this.scale.isLarge;
    const size = this.scale.isLarge ? 0.7 : 1.6 + Math.min(2, 0.5 * (link.facts.length - 1));
    const label = this.scale.isLarge ? '' : plain(this.look.nameOf(link), 48);
    return { link, presence, size, color: this.look.line, type: this.scale.isLarge ? 'thin' : isDirected ? 'arrow' : 'line', label, weight: Math.sqrt(link.facts.length) };
  }

  /** What is new grows, what is gone shrinks. */
  private fade() {
    cancelAnimationFrame(this.fading);
    const begun = performance.now();
    const { graph } = this;
    const from = new Map<string, number>();
    graph.forEachNode((key, { presence }) => from.set(key, presence));
    const edges = new Map<string, number>();
    graph.forEachEdge((key, { presence }) => edges.set(key, presence));
    const step = (now: number) => {
      const part = Math.min(1, (now - begun) / FADE);
      graph.updateEachNodeAttributes((key, node) => {
        const goal = this.leavingNodes.has(key) ? 0 : 1;
        const start = from.get(key) ?? goal;
        node.presence = start + (goal - start) * part;
        return node;
      }, { attributes: ['presence'] });
      graph.updateEachEdgeAttributes((key, edge) => {
        const goal = this.leaving.has(key) ? 0 : 1;
        const start = edges.get(key) ?? goal;
        edge.presence = start + (goal - start) * part;
        return edge;
      }, { attributes: ['presence'] });
      if (part < 1) {
        this.fading = requestAnimationFrame(step);
        return;
      }
      for (const key of this.leaving) if (graph.hasEdge(key)) graph.dropEdge(key);
      for (const key of this.leavingNodes) if (graph.hasNode(key)) graph.dropNode(key);
      this.leaving.clear();
      this.leavingNodes.clear();
    };
    this.fading = requestAnimationFrame(step);
  }

  /** Forces moved nodes: the drawing follows, a part of the way with each frame. */
  private move(nodes: readonly string[], positions: Float64Array, isDone: boolean) {
    const isFirst = !this.hasMoved;
    this.hasMoved = true;
    this.targets = { nodes, positions };
    cancelAnimationFrame(this.frame);
    if (isFirst || this.look.isStill || nodes.length > HUGE) {
      if (!this.look.isStill || isDone) this.advance(1);
      if (isDone) this.rest();
      return;
    }
    const step = () => {
      const left = this.advance(0.22);
      if (left > 0.5) this.frame = requestAnimationFrame(step);
      else if (isDone) {
        this.advance(1);
        this.rest();
      }
    };
    this.frame = requestAnimationFrame(step);
  }

  private hasMoved = false;

  private rest() {
    this.frameAll();
    this.hands.onRest?.();
  }

  /** The drawing's frame is what it has now; it stays so while nodes are dragged. */
  private frameAll() {
    this.sigma.setCustomBBox(null);
    this.sigma.refresh();
    this.sigma.setCustomBBox(this.sigma.getBBox());
  }

  /** Goes a part of the way to where nodes belong; how far the farthest still is. */
  private advance(part: number): number {
    if (!this.targets) return 0;
    const { nodes, positions } = this.targets;
    let farthest = 0;
    const places = new Map(nodes.map((node, index) => [node, index]));
    this.graph.updateEachNodeAttributes((key, node) => {
      const index = places.get(key);
      if (index === undefined || key === this.dragged?.key) return node;
      const dx = (positions[2 * index] ?? node.x) - node.x;
      const dy = (positions[2 * index + 1] ?? node.y) - node.y;
      node.x += part * dx;
      node.y += part * dy;
      farthest = Math.max(farthest, Math.abs(dx), Math.abs(dy));
      return node;
    }, { attributes: ['x', 'y'] });
    return (1 - part) * farthest;
  }

  emphasise(emphasis: Emphasis) {
    this.emphasis = emphasis;
    this.lookAround();
    this.sigma.refresh({ skipIndexation: true });
  }

  /** What is beside the node that is pointed at, or selected. */
  private lookAround() {
    const [only] = this.emphasis.selected;
    const center = this.hovered ?? (this.emphasis.selected.size === 1 ? only : undefined);
    this.near = center && this.graph.hasNode(center) ? new Set([center, ...this.graph.neighbors(center)]) : new Set();
  }

  private isFaint(key: string): boolean {
    const { path, selected, link } = this.emphasis;
    if (this.hovered) return !this.near.has(key);
    if (path) return !path.nodes.has(key);
    if (link) return !link.split('\n').includes(key);
    return selected.size === 1 && this.near.size > 1 ? !this.near.has(key) : false;
  }

  private nodeLook(key: string, node: NodeLook): Partial<NodeLook> & { highlighted?: boolean; forceLabel?: boolean; zIndex?: number } {
    const isSelected = this.emphasis.selected.has(key);
    const isFaint = this.isFaint(key);
    const isMarked = isSelected || key === this.hovered;
    const size = node.size * node.presence;
    if (!isFaint && !isMarked && node.presence === 1) return node;
    return {
      ...node,
      size: isSelected ? size + 3 : size,
      color: isFaint ? mixed(node.color, this.look.paper, 0.72) : node.color,
      image: isFaint ? undefined : node.image,
      type: isFaint && !this.scale.isLarge ? 'circle' : node.type,
      label: isFaint || node.presence < 1 ? '' : node.label,
      forceLabel: isMarked || Boolean(this.emphasis.path?.nodes.has(key)),
      highlighted: isSelected,
      zIndex: isMarked ? 2 : isFaint ? 0 : 1,
    };
  }

  private edgeLook(key: string, edge: EdgeLook): Partial<EdgeLook> & { forceLabel?: boolean; hidden?: boolean; zIndex?: number } {
    const { path, link, selected } = this.emphasis;
    const [one = '', other = ''] = key.split('\n');
    const touches = this.hovered ? [one, other].includes(this.hovered) : selected.size === 1 && (selected.has(one) || selected.has(other));
    const isStrong = path ? path.links.has(key) : key === link || key === this.hoveredEdge || touches;
    const hasNames = this.hasNames && !this.scale.isLarge;
    const isFaint = !isStrong && (Boolean(path) || Boolean(link) || this.near.size > 1);
    return {
      ...edge,
      size: edge.size * edge.presence * (isStrong ? 1.8 : 1),
      color: isStrong ? this.look.accent : isFaint ? mixed(edge.color, this.look.paper, 0.6) : edge.color,
      label: hasNames && (isStrong ? Boolean(path) || key === link || key === this.hoveredEdge || this.near.size <= 40 : !isFaint && this.graph.size <= 40) ? edge.label : '',
      forceLabel: hasNames && isStrong && (Boolean(path) || key === link || key === this.hoveredEdge || this.near.size <= 14),
      zIndex: isStrong ? 1 : 0,
    };
  }

  private hoveredEdge: string | undefined;
  /** Where labels stand already in this frame: one that would cover another is left out. */
  private boxes: { left: number; right: number; top: number; bottom: number }[] = [];

  /** The name, with how many statements are not drawn, on a halo of the background's colour. */
  private readonly drawLabel: NodeLabelDrawingFunction<NodeLook, EdgeLook> = (context, data, settings) => {
    if (!data.label) return;
    const key = (data as { key?: string }).key;
    const node = key !== undefined && this.graph.hasNode(key) ? this.graph.getNodeAttributes(key) : undefined;
    const isSelected = key !== undefined && this.emphasis.selected.has(key);
    const x = data.x + data.size + 4;
    const y = data.y + settings.labelSize / 3;
    if (!isSelected && key !== this.hovered && !this.emphasis.path?.nodes.has(key ?? '')) {
      const width = 6.5 * data.label.length + (node?.more ? 24 : 0);
      const box = { left: x, right: x + width, top: y - settings.labelSize, bottom: y + 4 };
      if (this.boxes.some((one) => one.left < box.right && box.left < one.right && one.top < box.bottom && box.top < one.bottom)) return;
      this.boxes.push(box);
    }
    context.font = `${isSelected ? 700 : settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
    context.lineJoin = 'round';
    context.lineWidth = 3.5;
    context.strokeStyle = this.look.paper;
    context.strokeText(data.label, x, y);
    context.fillStyle = this.look.ink;
    context.fillText(data.label, x, y);
    if (isSelected || (key !== undefined && this.emphasis.pinned.has(key))) {
      context.beginPath();
      context.arc(data.x, data.y, data.size + 2.5, 0, 2 * Math.PI);
      context.lineWidth = isSelected ? 2.5 : 1.5;
      context.setLineDash(isSelected ? [] : [3, 3]);
      context.strokeStyle = isSelected ? this.look.accent : this.look.faint;
      context.stroke();
      context.setLineDash([]);
    }
    if (node && node.more > 0) {
      const width = context.measureText(data.label).width;
      context.font = `${settings.labelSize - 2}px ${settings.labelFont}`;
      context.lineWidth = 3;
      context.strokeStyle = this.look.paper;
      context.strokeText(`+${node.more}`, x + width + 5, y);
      context.fillStyle = this.look.faint;
      context.fillText(`+${node.more}`, x + width + 5, y);
    }
  };

  private listen(sigma: Sigma<NodeLook, EdgeLook>) {
    const { hands } = this;
    const point = (hovered: string | undefined) => {
      this.hovered = hovered;
      this.lookAround();
      this.container.style.cursor = hovered || this.hoveredEdge ? 'pointer' : '';
      // What is beside it stands out; of very many, only its name.
      if (this.graph.order <= HUGE) sigma.refresh({ skipIndexation: true });
    };
    sigma.on('beforeRender', () => {
      this.boxes = [];
    });
    sigma.on('enterNode', ({ node }) => point(node));
    sigma.on('leaveNode', () => point(undefined));
    sigma.on('enterEdge', ({ edge }) => {
      this.hoveredEdge = edge;
      point(this.hovered);
    });
    sigma.on('leaveEdge', () => {
      this.hoveredEdge = undefined;
      point(this.hovered);
    });
    sigma.on('clickNode', ({ node, event }) => {
      const original = event.original as MouseEvent;
      const isMore = original.shiftKey || original.ctrlKey || original.metaKey;
      const selected = [...this.emphasis.selected];
      hands.onSelect(isMore ? (selected.includes(node) ? selected.filter((key) => key !== node) : [...selected, node]) : [node], false);
    });
    sigma.on('clickEdge', ({ edge }) => hands.onSelect(edge.split('\n'), true));
    sigma.on('clickStage', () => hands.onSelect([], false));
    sigma.on('doubleClickNode', ({ node, preventSigmaDefault }) => {
      preventSigmaDefault();
      hands.onExpand(node);
    });
    sigma.on('downNode', ({ node }) => {
      this.dragged = { key: node, hasMoved: false };
      if (!sigma.getCustomBBox()) sigma.setCustomBBox(sigma.getBBox());
    });
    const drag = (coordinates: MouseCoords) => {
      if (!this.dragged) return;
      this.dragged.hasMoved = true;
      this.graph.mergeNodeAttributes(this.dragged.key, sigma.viewportToGraph(coordinates));
      coordinates.preventSigmaDefault();
      coordinates.original.preventDefault();
      coordinates.original.stopPropagation();
    };
    const drop = () => {
      const { dragged } = this;
      this.dragged = undefined;
      if (!dragged?.hasMoved || !this.graph.hasNode(dragged.key)) return;
      const { x, y } = this.graph.getNodeAttributes(dragged.key);
      hands.onPin([{ key: dragged.key, x, y }]);
    };
    sigma.getMouseCaptor().on('mousemovebody', drag);
    sigma.getMouseCaptor().on('mouseup', drop);
    sigma.getTouchCaptor().on('touchmove', (coordinates) => {
      const [touch] = coordinates.touches;
      if (this.dragged && touch) {
        this.dragged.hasMoved = true;
        this.graph.mergeNodeAttributes(this.dragged.key, sigma.viewportToGraph(touch));
        coordinates.original.preventDefault();
      }
    });
    sigma.getTouchCaptor().on('touchup', drop);
  }

  get order(): number {
    return this.graph.order;
  }

  has(key: string): boolean {
    return this.graph.hasNode(key);
  }

  fit() {
    this.frameAll();
    void this.sigma.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration: this.look.isStill ? 0 : 300 });
  }

  zoom(factor: number) {
    const camera = this.sigma.getCamera();
    void camera.animate({ ratio: camera.getBoundedRatio(camera.ratio / factor) }, { duration: this.look.isStill ? 0 : 150 });
  }

  pan(right: number, down: number) {
    const camera = this.sigma.getCamera();
    camera.setState({ x: camera.x + right * camera.ratio, y: camera.y - down * camera.ratio });
  }

  /** Brings a node into view, if it is outside. */
  reveal(key: string) {
    const node = this.sigma.getNodeDisplayData(key);
    const place = this.at(key);
    if (!node || !place) return;
    const { width, height } = this.sigma.getDimensions();
    if (place.x > 40 && place.y > 40 && place.x < width - 40 && place.y < height - 40) return;
    void this.sigma.getCamera().animate({ x: node.x, y: node.y }, { duration: this.look.isStill ? 0 : 300 });
  }

  /** Forces run again, with what is pinned where it is. */
  arrange(pinned: ReadonlySet<string>) {
    this.sigma.setCustomBBox(null);
    this.layout.run(this.graph, (node) => pinned.has(node));
  }

  nameLines(hasNames: boolean) {
    this.hasNames = hasNames;
    this.sigma.refresh({ skipIndexation: true });
  }

  /** Where a node is drawn, in pixels of the container. */
  at(key: string): { x: number; y: number } | undefined {
    return this.graph.hasNode(key) ? this.sigma.graphToViewport(this.graph.getNodeAttributes(key)) : undefined;
  }

  /** Where a node is, in the drawing's own measure. */
  spot(key: string): Pin | undefined {
    if (!this.graph.hasNode(key)) return undefined;
    const { x, y } = this.graph.getNodeAttributes(key);
    return { key, x, y };
  }

  /** The node that is nearest in a direction; in none, the one nearest to the middle. */
  toward(key: string | undefined, right: number, down: number): string | undefined {
    const { width, height } = this.sigma.getDimensions();
    const from = (key !== undefined && this.at(key)) || { x: width / 2, y: height / 2 };
    let best: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    this.graph.forEachNode((other) => {
      const place = other === key ? undefined : this.at(other);
      if (!place) return;
      const [dx, dy] = [place.x - from.x, place.y - from.y];
      const along = dx * right + dy * down;
      const across = Math.abs(dx * down) + Math.abs(dy * right);
      const cost = right === 0 && down === 0 ? Math.hypot(dx, dy) : along > 0 && across <= 2 * along ? along + 2 * across : Number.POSITIVE_INFINITY;
      if (cost < least) {
        least = cost;
        best = other;
      }
    });
    return best;
  }

  /** The nodes inside a line that somebody drew around them. */
  inside(line: readonly { x: number; y: number }[]): string[] {
    return this.graph.filterNodes((key) => {
      const place = this.at(key);
      return place !== undefined && isInside(place, line);
    });
  }

  /** What is drawn now, with places in pixels: for a drawing in another form. */
  drawn() {
    const nodes = this.graph.mapNodes((key, { size, color, label, shown }) => ({ key, size: this.sigma.scaleSize(size), colour: color, label, kind: shown.kind, ...(this.at(key) ?? { x: 0, y: 0 }) }));
    const lines = this.graph.mapEdges((_, { link, label }) => ({ source: link.source, target: link.target, label, isDirected: !link.isMutual }));
    return { ...this.sigma.getDimensions(), nodes, lines };
  }

  async png(): Promise<Blob> {
    const { toBlob } = await import('@sigma/export-image');
    return toBlob(this.sigma as unknown as Sigma, { format: 'png', backgroundColor: this.look.paper });
  }

  resize() {
    this.sigma.resize();
    this.sigma.refresh();
  }

  end() {
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.fading);
    this.layout.end();
    this.sigma.kill();
  }
}

/** How large nodes are drawn: their area grows with what they are measured by. */
class Scale {
  private readonly most: number;

  constructor(
    shown: readonly Shown[],
    readonly isLarge: boolean,
    private readonly factor: number,
  ) {
    this.most = shown.reduce((most, { measure }) => Math.max(most, measure), 0) || 1;
  }

  size(measure: number): number {
    const part = Math.sqrt(Math.max(0, measure) / this.most);
    return this.factor * (this.isLarge ? 1.5 + 6 * part : 7 + 13 * part);
  }
}

/** Two colours, `#rrggbb`, mixed: so much of the second. */
function mixed(one: string, other: string, part: number): string {
  const channel = (colour: string, place: number) => Number.parseInt(colour.slice(place, place + 2), 16);
  const bytes = [1, 3, 5].map((place) => Math.round(channel(one, place) * (1 - part) + channel(other, place) * part));
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Whether a point is inside a closed line, by how often a ray from it crosses the line. */
function isInside(point: { x: number; y: number }, line: readonly { x: number; y: number }[]): boolean {
  let isIn = false;
  line.forEach((one, index) => {
    const other = line[(index + 1) % line.length] ?? one;
    const crosses = one.y > point.y !== other.y > point.y;
    if (crosses && point.x < ((other.x - one.x) * (point.y - one.y)) / (other.y - one.y) + one.x) isIn = !isIn;
  });
  return isIn;
}

