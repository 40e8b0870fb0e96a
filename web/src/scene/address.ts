import { CONFIDENCES, EMPTY, FORMS, PANELS, SIZES, type Around, type Pin, type Scene } from './scene';

/** The address of the playground with a query in it. */
export function playgroundLink(query: string, variables = ''): string {
  const parameters = new URLSearchParams({ query });
  if (variables.trim()) parameters.set('variables', variables);
  return `/playground#${parameters}`;
}

/** How much of its surroundings an entity is shown with, unless the address says otherwise. */
const AROUND = { depth: 1, limit: 40 };

/** Numbers stand behind a key, after this sign. A key may hold it too: then its numbers are never left out. */
const SIGN = '~';

function aroundOf(text: string): Around {
  const [, key = text, limit, depth] = /^(.*?)(?:~(\d+)(?:~(\d+))?)?$/s.exec(text) ?? [];
  return { key, limit: whole(limit, AROUND.limit, 1, 10_000), depth: whole(depth, AROUND.depth, 1, 100) };
}

function aroundText({ key, limit, depth }: Around): string {
  if (depth !== AROUND.depth || key.includes(SIGN)) return [key, limit, depth].join(SIGN);
  return limit === AROUND.limit ? key : [key, limit].join(SIGN);
}

function whole(text: string | undefined, otherwise: number, least: number, most: number): number {
  const number = Number(text);
  return text && Number.isInteger(number) ? Math.min(most, Math.max(least, number)) : otherwise;
}

function pinOf(text: string): Pin[] {
  const [, key = '', x, y] = /^(.*)~([^~]*)~([^~]*)$/s.exec(text) ?? [];
  const pin = { key, x: Number(x), y: Number(y) };
  return key && Number.isFinite(pin.x) && Number.isFinite(pin.y) ? [pin] : [];
}

function oneOf<Name extends string>(known: readonly Name[], name: string | null): Name | undefined {
  return known.find((one) => one === name);
}

/** The scene that the query of an address describes. What it does not understand, it leaves out. */
export function sceneOf(query: string): Scene {
  const of = new URLSearchParams(query);
  const all = (name: string) => [...new Set(of.getAll(name).filter(Boolean))];
  const link = all('link');
  return {
    around: all('around').map(aroundOf),
    keys: all('key'),
    hidden: all('hide'),
    pins: all('pin').flatMap(pinOf),
    connect: all('connect'),
    avoid: all('avoid'),
    path: whole(of.get('path') ?? undefined, EMPTY.path + 1, 1, 1000) - 1,
    offKinds: all('without-kind'),
    offPredicates: all('without-predicate'),
    on: of.get('on') || undefined,
    knownAt: of.get('known') || undefined,
    confidence: oneOf(CONFIDENCES, of.get('confidence')),
    size: oneOf(SIZES, of.get('size')) ?? EMPTY.size,
    as: oneOf(FORMS, of.get('as')) ?? EMPTY.as,
    panel: oneOf(PANELS, of.get('panel')) ?? EMPTY.panel,
    selected: link.length === 2 ? link : all('select'),
    isLink: link.length === 2,
  };
}

/** The query of the address of a scene; what is as it always is, is left out. */
export function addressOf(scene: Scene): URLSearchParams {
  const of = new URLSearchParams();
  const add = (name: string, values: readonly string[]) => values.forEach((value) => of.append(name, value));
  const set = (name: string, value: string | undefined, usual?: string) => {
    if (value && value !== usual) of.set(name, value);
  };
  add('around', scene.around.map(aroundText));
  add('key', scene.keys);
  add('hide', scene.hidden);
  add('pin', scene.pins.map(({ key, x, y }) => [key, x.toFixed(3), y.toFixed(3)].join(SIGN)));
  add('connect', scene.connect);
  add('avoid', scene.avoid);
  set('path', String(scene.path + 1), '1');
  add('without-kind', scene.offKinds);
  add('without-predicate', scene.offPredicates);
  set('on', scene.on);
  set('known', scene.knownAt);
  set('confidence', scene.confidence);
  set('size', scene.size, EMPTY.size);
  set('as', scene.as, EMPTY.as);
  set('panel', scene.panel, EMPTY.panel);
  add(scene.isLink ? 'link' : 'select', scene.selected);
  return of;
}
