import { UndirectedGraph } from 'graphology';
import Sigma from 'sigma';
import { EdgeArrowProgram, EdgeLineProgram, EdgeRectangleProgram, NodeCircleProgram, NodePointProgram, type NodeProgramType } from 'sigma/rendering';
import { createNodeImageProgram } from '@sigma/node-image';
import type { Link, Picture } from '../scene/picture';
import type { Pin } from '../scene/scene';
import { costToward, isInside, type Point } from './geometry';
import { Labels } from './labels';
import { Layout, place } from './layout';
import { Motion } from './motion';
import { HUGE, listen, type Hands } from './pointer';
import { Spotlight, type Emphasis } from './spotlight';
import { Style, type LineStyle, type Look, type NodeStyle } from './style';

export type { Emphasis, Look };

/** The drawing of a picture, on WebGL. Throws if there is none. */
export class Canvas {
  private readonly graph = new UndirectedGraph<NodeStyle, LineStyle>();
  private readonly spotlight = new Spotlight(this.graph);
  private readonly motion = new Motion(this.graph);
  private readonly labels = new Labels(this.graph, this.spotlight, () => this.style.look);
  private readonly layout: Layout;
  /** Where nodes were that went: what comes back comes back there. */
  private readonly memory = new Map<string, Point>();
  private style: Style;
  private picture: Picture | undefined;
  private sigma: Sigma<NodeStyle, LineStyle>;
  private hasMoved = false;

  constructor(
    readonly container: HTMLElement,
    look: Look,
    private readonly hands: Hands,
  ) {
    this.style = new Style(look, new Map(), container);
    this.layout = new Layout((nodes, positions, isDone) => this.arrive(nodes, positions, isDone));
    this.sigma = this.begin();
  }

  /** A renderer for the style at hand. Each of its programs is compiled now: only those that are used. */
  private begin(): Sigma<NodeStyle, LineStyle> {
    const { isLarge, look } = this.style;
    const icon = createNodeImageProgram<NodeStyle, LineStyle>({ padding: 0.22, size: { mode: 'force', value: 96 }, drawLabel: undefined, drawHover: undefined });
    const nodes: Record<string, NodeProgramType<NodeStyle, LineStyle>> = isLarge ? { point: NodePointProgram } : { icon, circle: NodeCircleProgram };
    const sigma = new Sigma<NodeStyle, LineStyle>(this.graph, this.container, {
      allowInvalidContainer: true,
      nodeProgramClasses: nodes,
      nodeHoverProgramClasses: nodes,
      edgeProgramClasses: isLarge ? { thin: EdgeLineProgram } : { arrow: EdgeArrowProgram, line: EdgeRectangleProgram },
      defaultNodeType: isLarge ? 'point' : 'circle',
      defaultEdgeType: isLarge ? 'thin' : 'line',
      // What can be pressed is drawn twice.
      enableEdgeEvents: !isLarge,
      hideEdgesOnMove: isLarge,
      hideLabelsOnMove: this.graph.order > HUGE,
      labelRenderedSizeThreshold: isLarge ? 8 : 4,
      labelDensity: 0.7,
      labelGridCellSize: 100,
      labelSize: 13,
      labelWeight: '500',
      renderEdgeLabels: true,
      edgeLabelSize: 11,
      zIndex: true,
      minCameraRatio: 0.02,
      maxCameraRatio: 6,
      stagePadding: Math.min(64, 0.07 * this.container.clientWidth),
      minEdgeThickness: 1.2,
      ...this.letters(look),
      defaultDrawNodeLabel: this.labels.draw,
      defaultDrawNodeHover: (context, data, settings) => this.labels.draw(context, { ...data, size: data.size + 1 }, settings),
      nodeReducer: (key, node) => this.spotlight.onNode(key, node, this.style),
      edgeReducer: (key, line) => this.spotlight.onLine(key, line, this.style),
    });
    sigma.on('beforeRender', () => this.labels.beginFrame());
    listen(sigma, this.graph, this.spotlight, this.motion, this.hands);
    return sigma;
  }

  private letters(look: Look) {
    return { labelFont: look.font, edgeLabelFont: look.font, labelColor: { color: look.ink }, edgeLabelColor: { color: look.faint } };
  }

  /** Draws in other colours. */
  wear(look: Look) {
    this.style = new Style(look, this.picture?.entities ?? new Map(), this.container);
    this.graph.forEachNode((key, { shown, presence }) => this.graph.mergeNodeAttributes(key, this.style.node(shown, presence)));
    this.graph.forEachEdge((key, { link, presence }) => this.graph.mergeEdgeAttributes(key, this.style.line(link, presence)));
    this.sigma.setSettings(this.letters(look));
    this.sigma.refresh();
  }

  /**
   * Shows a picture in place of the one before: what is in both stays where it is, what is new comes
   * beside what it is linked to, what is gone fades. Forces run if something is new.
   */
  show(picture: Picture, pins: readonly Pin[]) {
    const { graph } = this;
    const before = this.style;
    const isFirst = graph.order === 0;
    this.picture = picture;
    this.style = new Style(before.look, picture.entities, this.container);
    // A renderer hears of each change by itself: of many, it is quicker to begin anew.
    const isAnew = before.isLarge || this.style.isLarge;
    const camera = this.sigma.getCamera().getState();
    if (isAnew) this.sigma.kill();
    const isSudden = isAnew || isFirst || before.look.isStill;
    const lines = new Map(picture.links.filter((link) => link.source !== link.target).map((link) => [link.id, link]));
    this.dismiss(picture, lines, isSudden);
    const added = this.admit(picture, lines, isSudden);
    place(graph, (node) => added.has(node));
    for (const { key, x, y } of pins) {
      if (graph.hasNode(key)) graph.mergeNodeAttributes(key, { x, y });
    }
    this.spotlight.turn();
    if (isAnew) {
      this.sigma = this.begin();
      this.sigma.getCamera().setState(camera);
    }
    if (!isSudden) this.motion.fade();
    if (added.size > 0) {
      this.arrange(new Set(pins.map((pin) => pin.key)));
    } else {
      this.sigma.refresh();
      if (graph.order > 0) this.hands.onRest?.();
    }
  }

  /** Takes out what is not in the picture, or begins to. */
  private dismiss(picture: Picture, lines: ReadonlyMap<string, Link>, isSudden: boolean) {
    const { graph, motion } = this;
    for (const key of graph.edges()) {
      if (lines.has(key)) continue;
      if (isSudden) graph.dropEdge(key);
      else motion.leavingLines.add(key);
    }
    for (const key of graph.nodes()) {
      if (picture.entities.has(key)) continue;
      const { x, y } = graph.getNodeAttributes(key);
      this.memory.set(key, { x, y });
      if (isSudden) graph.dropNode(key);
      else motion.leavingNodes.add(key);
    }
  }

  /** Puts in what is in the picture; gives the nodes that never had a place. */
  private admit(picture: Picture, lines: ReadonlyMap<string, Link>, isSudden: boolean): Set<string> {
    const { graph, motion, style } = this;
    const added = new Set<string>();
    for (const shown of picture.entities.values()) {
      const { key } = shown;
      motion.leavingNodes.delete(key);
      if (graph.hasNode(key)) {
        graph.mergeNodeAttributes(key, style.node(shown, graph.getNodeAttribute(key, 'presence')));
        continue;
      }
      const known = this.memory.get(key);
      if (!known) added.add(key);
      graph.addNode(key, { x: 0, y: 0, ...known, ...style.node(shown, isSudden ? 1 : 0) });
    }
    for (const link of lines.values()) {
      motion.leavingLines.delete(link.id);
      if (graph.hasEdge(link.id)) graph.mergeEdgeAttributes(link.id, style.line(link, graph.getEdgeAttribute(link.id, 'presence')));
      else graph.addEdgeWithKey(link.id, link.source, link.target, style.line(link, isSudden ? 1 : 0));
    }
    return added;
  }

  /** Forces moved nodes: the drawing follows. */
  private arrive(nodes: readonly string[], positions: Float64Array, isDone: boolean) {
    const { isStill } = this.style.look;
    const isFirst = !this.hasMoved;
    this.hasMoved = true;
    if (isStill && !isDone) return;
    this.motion.follow(nodes, positions, isFirst || isStill || nodes.length > HUGE, () => {
      if (!isDone) return;
      this.frameAll();
      this.hands.onRest?.();
    });
  }

  /** The drawing's frame is what it has now; it stays so while nodes are dragged. */
  private frameAll() {
    this.sigma.setCustomBBox(null);
    this.sigma.refresh();
    this.sigma.setCustomBBox(this.sigma.getBBox());
  }

  emphasise(emphasis: Emphasis) {
    this.spotlight.emphasis = emphasis;
    this.spotlight.turn();
    this.sigma.refresh({ skipIndexation: true });
  }

  /** Shows the names of lines, or not. */
  nameLines(hasNames: boolean) {
    this.spotlight.hasNames = hasNames;
    this.sigma.refresh({ skipIndexation: true });
  }

  /** Forces run again, with what is pinned where it is. */
  arrange(pinned: ReadonlySet<string>) {
    this.sigma.setCustomBBox(null);
    this.layout.run(this.graph, (node) => pinned.has(node));
  }

  get order(): number {
    return this.graph.order;
  }

  has(key: string): boolean {
    return this.graph.hasNode(key);
  }

  /** How long the camera takes, in milliseconds. */
  private get pace() {
    return { duration: this.style.look.isStill ? 0 : 250 };
  }

  fit() {
    this.frameAll();
    void this.sigma.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, this.pace);
  }

  zoom(factor: number) {
    const camera = this.sigma.getCamera();
    void camera.animate({ ratio: camera.getBoundedRatio(camera.ratio / factor) }, this.pace);
  }

  pan(right: number, down: number) {
    const camera = this.sigma.getCamera();
    camera.setState({ x: camera.x + right * camera.ratio, y: camera.y - down * camera.ratio });
  }

  /** Brings a node into view, if it is outside. */
  reveal(key: string) {
    const node = this.sigma.getNodeDisplayData(key);
    const at = this.at(key);
    if (!node || !at) return;
    const { width, height } = this.sigma.getDimensions();
    const isIn = at.x > 0 && at.y > 0 && at.x < width && at.y < height;
    if (!isIn) void this.sigma.getCamera().animate({ x: node.x, y: node.y }, this.pace);
  }

  /** Where a node is drawn, in pixels of the container. */
  at(key: string): Point | undefined {
    return this.graph.hasNode(key) ? this.sigma.graphToViewport(this.graph.getNodeAttributes(key)) : undefined;
  }

  /** Where a node is, in the drawing's own measure. */
  spot(key: string): Pin | undefined {
    if (!this.graph.hasNode(key)) return undefined;
    const { x, y } = this.graph.getNodeAttributes(key);
    return { key, x, y };
  }

  /** The node that is nearest in a direction from another; from none, the one nearest to the middle. */
  toward(key: string | undefined, right: number, down: number): string | undefined {
    const { width, height } = this.sigma.getDimensions();
    const from = (key !== undefined && this.at(key)) || { x: width / 2, y: height / 2 };
    let best: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    this.graph.forEachNode((other) => {
      const at = other === key ? undefined : this.at(other);
      const cost = at ? costToward(from, at, right, down) : least;
      if (cost < least) {
        least = cost;
        best = other;
      }
    });
    return best;
  }

  /** The nodes inside a line that somebody drew around them. */
  inside(line: readonly Point[]): string[] {
    return this.graph.filterNodes((key) => {
      const at = this.at(key);
      return at !== undefined && isInside(at, line);
    });
  }

  /** What is drawn now, with places in pixels: for a drawing in another form. */
  drawn() {
    const nodes = this.graph.mapNodes((key, { size, color, label, shown }) => {
      const at = this.at(key) ?? { x: 0, y: 0 };
      return { key, size: this.sigma.scaleSize(size), colour: color, label, kind: shown.kind, ...at };
    });
    const lines = this.graph.mapEdges((_, { link, label }) => ({ source: link.source, target: link.target, label, isDirected: !link.isMutual }));
    return { ...this.sigma.getDimensions(), nodes, lines };
  }

  /** The drawing as a picture, as it stands. */
  async png(): Promise<Blob> {
    const { toBlob } = await import('@sigma/export-image');
    return toBlob(this.sigma as unknown as Sigma, { format: 'png', backgroundColor: this.style.look.paper });
  }

  resize() {
    this.sigma.resize();
    this.sigma.refresh();
  }

  end() {
    this.motion.end();
    this.layout.end();
    this.sigma.kill();
  }
}
