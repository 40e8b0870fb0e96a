import { ask } from '../api/ask';
import {
  KeysDocument,
  PathsDocument,
  SurroundingsDocument,
  TiesDocument,
  type LinkFragment,
  type ShownFragment,
  type TypedDocumentString,
} from '../queries/typed';
import { NOTHING, linksOf, type Fact, type Picture, type Shown, type Told, type ToldPath } from './picture';
import type { Scene } from './scene';

/** How many paths are looked for. */
const PATHS = 8;
/** What the API gives at most at one time. */
const MOST = 10_000;
/** Above so many entities, statements come without their sources until somebody asks. */
const EVIDENCE = 2_000;

/** A picture, and the question it answers. */
export interface Loaded {
  picture: Picture;
  behind: Behind | undefined;
}

/** The query behind something that is shown. */
export interface Behind {
  document: TypedDocumentString<unknown, never>;
  variables: object;
}

function behind<Variables extends object>(document: TypedDocumentString<unknown, Variables>, variables: Variables): Behind {
  return { document: document as unknown as Behind['document'], variables };
}

/** What narrows the graph. */
export function narrowing(scene: Scene) {
  return { on: scene.on, knownAt: scene.knownAt, minConfidence: scene.confidence };
}

function wanted(scene: Scene, lang: string | undefined) {
  const { size } = scene;
  return {
    ...narrowing(scene),
    lang,
    measured: size !== 'relations',
    pageRank: size === 'pageRank',
    betweenness: size === 'betweenness',
    closeness: size === 'closeness',
    coreNumber: size === 'coreNumber',
  };
}

function assemble(
  scene: Scene,
  nodes: Iterable<ShownFragment>,
  edges: Iterable<LinkFragment | Told>,
  rest: Partial<Picture> & { revision: number },
): Picture {
  const hidden = new Set(scene.hidden);
  const entities = new Map<string, Shown>();
  for (const node of nodes) {
    if (hidden.has(node.key)) continue;
    const { key, kind, label } = node;
    const total = node.relations.totalCount;
    const measure = scene.size === 'relations' ? total : (node.measures?.[scene.size] ?? 0);
    entities.set(key, { key, kind, label, total, drawn: 0, measure });
  }
  const facts = new Map<string, Fact>();
  for (const edge of edges) {
    const { key, predicate, validFrom, validUntil, confidence, references = [] } = edge;
    const subject = entities.get(edge.subject.key);
    const object = entities.get(edge.object.key);
    if (!subject || !object || facts.has(key)) continue;
    subject.drawn += 1;
    if (object !== subject) object.drawn += 1;
    facts.set(key, { key, predicate, validFrom, validUntil, confidence, references, subject: subject.key, object: object.key });
  }
  return { ...NOTHING, ...rest, entities, links: linksOf(facts.values()) };
}

/** Asks for what a scene shows. */
export async function load(scene: Scene, lang: string | undefined, signal?: AbortSignal): Promise<Loaded> {
  if (scene.connect.length >= 2) return loadConnections(scene, lang, signal);
  const [first, ...more] = scene.around;
  if (first && more.length === 0 && scene.keys.length === 0 && scene.hidden.length === 0) {
    return loadHood(scene, [first.key], first.depth, first.limit, lang, signal);
  }
  const hoods = await Promise.all(
    scene.around.map(({ key, depth, limit }) => ask(KeysDocument, { of: [key], depth, limit, ...narrowing(scene) }, signal)),
  );
  const isCut = hoods.some((hood) => hood.view.neighborhood.truncated);
  const brought = hoods.flatMap((hood) => hood.view.neighborhood.nodes.map((node) => node.key));
  const hidden = new Set(scene.hidden);
  const keys = [...new Set([...scene.around.map((one) => one.key), ...brought, ...scene.keys])].filter((key) => !hidden.has(key));
  if (keys.length === 0) return { picture: NOTHING, behind: undefined };
  if (keys.length <= MOST) {
    const { picture, behind } = await loadHood(scene, keys, 0, keys.length, lang, signal);
    return { picture: { ...picture, isCut }, behind };
  }
  return loadUnion(scene, lang, signal);
}

async function loadHood(scene: Scene, of: string[], depth: number, limit: number, lang: string | undefined, signal?: AbortSignal): Promise<Loaded> {
  const variables = { of, depth, limit, ...wanted(scene, lang), evidence: limit <= EVIDENCE };
  const { view } = await ask(SurroundingsDocument, variables, signal);
  const { nodes, edges, truncated } = view.neighborhood;
  const picture = assemble(scene, nodes, edges, { isCut: truncated, revision: view.graph.revision });
  return { picture, behind: behind(SurroundingsDocument, variables) };
}

/** More than the API gives at one time: what surrounds each, without what links one surrounding to another. */
async function loadUnion(scene: Scene, lang: string | undefined, signal?: AbortSignal): Promise<Loaded> {
  const asked = scene.around.map(({ key, depth, limit }) => ({ of: [key], depth, limit, ...wanted(scene, lang), evidence: false }));
  const answers = await Promise.all(asked.map((variables) => ask(SurroundingsDocument, variables, signal)));
  const hoods = answers.map((answer) => answer.view.neighborhood);
  const picture = assemble(scene, hoods.flatMap((hood) => hood.nodes), hoods.flatMap((hood) => hood.edges), {
    isCut: hoods.some((hood) => hood.truncated),
    revision: answers[0]?.view.graph.revision ?? 0,
  });
  const last = asked.at(-1);
  return { picture, behind: last && behind(SurroundingsDocument, last) };
}

async function loadConnections(scene: Scene, lang: string | undefined, signal?: AbortSignal): Promise<Loaded> {
  const [from = '', to = '', ...others] = scene.connect;
  const avoid = [...scene.avoid];
  if (others.length > 0) {
    const variables = { keys: [...scene.connect], avoid, ...wanted(scene, lang), evidence: true };
    const { view } = await ask(TiesDocument, variables, signal);
    const { nodes, edges, truncated } = view.connections;
    const ties: Told[] = edges.map((edge) => ({ ...edge, references: edge.references ?? [] }));
    const picture = assemble(scene, nodes, edges, { ties, isCut: truncated, revision: view.graph.revision });
    return { picture, behind: behind(TiesDocument, variables) };
  }
  const variables = { from, to, avoid, mode: 'K_SHORTEST' as const, first: PATHS, ...wanted(scene, lang) };
  const { view } = await ask(PathsDocument, variables, signal);
  const paths: ToldPath[] = view.paths.map((path) => ({
    keys: path.nodes.map((node) => node.key),
    steps: path.steps.map((step) => ({ from: step.from.key, to: step.to.key, statements: step.statements })),
  }));
  const picture = assemble(scene, view.paths.flatMap((path) => path.nodes), paths.flatMap((path) => path.steps.flatMap((step) => step.statements)), {
    paths,
    revision: view.graph.revision,
  });
  return { picture, behind: behind(PathsDocument, variables) };
}
