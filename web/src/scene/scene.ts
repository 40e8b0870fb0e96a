/** What the page shows and how: everything that a link to it holds. */
export interface Scene {
  /** Entities that are shown with what surrounds them, in the order in which they were opened. */
  around: readonly Around[];
  /** Entities that are shown by themselves. */
  keys: readonly string[];
  /** Entities that were taken out of the view. */
  hidden: readonly string[];
  /** Entities that stay where somebody put them. */
  pins: readonly Pin[];
  /** Entities whose connections are asked for; with two or more, nothing else is shown. */
  connect: readonly string[];
  /** Predicates that connections do not follow. */
  avoid: readonly string[];
  /** The path that is told. */
  path: number;
  /** Kinds and predicates that the legend leaves out. */
  offKinds: readonly string[];
  offPredicates: readonly string[];
  /** A date on which what is shown holds. */
  on: string | undefined;
  /** The moment whose knowledge is shown. */
  knownAt: string | undefined;
  /** The least confidence of a statement. */
  confidence: Confidence | undefined;
  /** What the size of an entity tells. */
  size: Size;
  as: Form;
  panel: Panel;
  /** Entities that are selected; two with `isLink`: what links them. */
  selected: readonly string[];
  isLink: boolean;
}

export interface Around {
  key: string;
  depth: number;
  limit: number;
}

export interface Pin {
  key: string;
  x: number;
  y: number;
}

export const SIZES = ['relations', 'pageRank', 'betweenness', 'closeness', 'coreNumber'] as const;
export type Size = (typeof SIZES)[number];
export const FORMS = ['graph', 'table', 'timeline'] as const;
export type Form = (typeof FORMS)[number];
export const PANELS = ['details', 'connect', 'legend', 'query', 'export'] as const;
export type Panel = (typeof PANELS)[number];
export const CONFIDENCES = ['LOW', 'MEDIUM', 'HIGH'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** How many entities an expansion brings at first, and the first view. */
export const EXPANSION = 40;
export const FIRST_VIEW = 80;

export const EMPTY: Scene = {
  around: [],
  keys: [],
  hidden: [],
  pins: [],
  connect: [],
  avoid: [],
  path: 0,
  offKinds: [],
  offPredicates: [],
  on: undefined,
  knownAt: undefined,
  confidence: undefined,
  size: 'relations',
  as: 'graph',
  panel: 'details',
  selected: [],
  isLink: false,
};

/** Shows an entity with what surrounds it, and nothing else. */
export function startAt(scene: Scene, key: string): Scene {
  const around = [{ key, depth: 1, limit: FIRST_VIEW }];
  return { ...scene, around, keys: [], hidden: [], pins: [], connect: [], avoid: [], path: 0, selected: [key], isLink: false, panel: 'details' };
}

/** Adds what surrounds an entity; again, more of it. */
export function expand(scene: Scene, key: string): Scene {
  const open = scene.around.find((one) => one.key === key);
  const around = open
    ? scene.around.map((one) => (one === open ? { ...one, limit: Math.min(10_000, one.limit * 2) } : one))
    : [...scene.around, { key, depth: 1, limit: EXPANSION }];
  return { ...scene, around, hidden: scene.hidden.filter((hidden) => hidden !== key) };
}

/** Takes away what was added around an entity. */
export function collapse(scene: Scene, key: string): Scene {
  const keys = scene.keys.includes(key) ? scene.keys : [...scene.keys, key];
  return { ...scene, around: scene.around.filter((one) => one.key !== key), keys };
}

export function hide(scene: Scene, keys: readonly string[]): Scene {
  const away = new Set(keys);
  return {
    ...scene,
    hidden: [...new Set([...scene.hidden, ...keys])],
    keys: scene.keys.filter((key) => !away.has(key)),
    pins: scene.pins.filter((pin) => !away.has(pin.key)),
    selected: [],
    isLink: false,
  };
}

/** Shows these entities, and what links them; nothing else. */
export function keepOnly(scene: Scene, keys: readonly string[]): Scene {
  return { ...scene, around: [], keys, hidden: [], connect: [], avoid: [], path: 0 };
}

export function pin(scene: Scene, moved: readonly Pin[]): Scene {
  const keys = new Set(moved.map((one) => one.key));
  return { ...scene, pins: [...scene.pins.filter((one) => !keys.has(one.key)), ...moved] };
}

export function unpin(scene: Scene, keys: readonly string[]): Scene {
  return { ...scene, pins: scene.pins.filter((one) => !keys.includes(one.key)) };
}

export function select(scene: Scene, keys: readonly string[], isLink = false): Scene {
  return { ...scene, selected: keys, isLink, panel: keys.length > 0 ? 'details' : scene.panel };
}

/** The list with the item taken out, or put in. */
export function toggled(list: readonly string[], item: string): string[] {
  return list.includes(item) ? list.filter((one) => one !== item) : [...list, item];
}
