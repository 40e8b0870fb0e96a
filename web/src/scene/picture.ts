import type { Confidence } from './scene';

/** What is shown: entities and the statements between them. */
export interface Picture {
  entities: ReadonlyMap<string, Shown>;
  links: readonly Link[];
  /** Paths between two entities, if that was asked. */
  paths: readonly ToldPath[];
  /** Statements that tie several entities together, if that was asked. */
  ties: readonly Told[];
  /** Whether there is more than the limits let through. */
  isCut: boolean;
  revision: number;
}

export interface Shown {
  key: string;
  kind: string;
  label: string;
  /** How many statements it has in all. */
  total: number;
  /** How many of them are between entities that are shown. */
  drawn: number;
  /** What its size tells. */
  measure: number;
}

/** A statement between two entities that are shown. */
export interface Fact {
  key: string;
  subject: string;
  predicate: string;
  object: string;
  validFrom: string | null;
  validUntil: string | null;
  confidence: Confidence;
  references: readonly { locator: string | null; source: { key: string; title: string } }[];
}

/** Everything that is said between two entities: one line of the drawing. */
export interface Link {
  id: string;
  source: string;
  target: string;
  facts: readonly Fact[];
  /** Whether statements go both ways, so that the line has no direction. */
  isMutual: boolean;
}

export interface Told {
  key: string;
  address: string;
  sentence: string;
  subject: { key: string; label: string };
  predicate: string;
  object: { key: string; label: string };
  validFrom: string | null;
  validUntil: string | null;
  confidence: Confidence;
  rank: string;
  note: string | null;
  references: readonly Evidence[];
}

export interface Evidence {
  locator: string | null;
  source: Source;
}

export interface Source {
  key: string;
  title: string;
  publisher: string | null;
  url: string | null;
  published: string | null;
  genre: string | null;
}

export interface ToldPath {
  keys: readonly string[];
  steps: readonly { from: string; to: string; statements: readonly Told[] }[];
}

export const NOTHING: Picture = { entities: new Map(), links: [], paths: [], ties: [], isCut: false, revision: 0 };

/** The same for both directions. */
export function linkId(one: string, other: string): string {
  return one < other ? `${one}\n${other}` : `${other}\n${one}`;
}

/** One line for each pair of entities that statements link. Cost: the statements once. */
export function linksOf(facts: Iterable<Fact>): Link[] {
  const links = new Map<string, { source: string; target: string; facts: Fact[]; isMutual: boolean }>();
  for (const fact of facts) {
    const id = linkId(fact.subject, fact.object);
    const link = links.get(id);
    if (!link) {
      links.set(id, { source: fact.subject, target: fact.object, facts: [fact], isMutual: false });
    } else {
      link.facts.push(fact);
      link.isMutual ||= link.source !== fact.subject;
    }
  }
  return [...links].map(([id, link]) => ({ id, ...link }));
}

export function factsOf(picture: Picture): Fact[] {
  return picture.links.flatMap((link) => link.facts);
}

/** The picture without the kinds and predicates that are left out. */
export function without(picture: Picture, kinds: readonly string[], predicates: readonly string[]): Picture {
  if (kinds.length === 0 && predicates.length === 0) return picture;
  const entities = new Map([...picture.entities].filter(([, shown]) => !kinds.includes(shown.kind)));
  const links = picture.links.flatMap((link) => {
    if (!entities.has(link.source) || !entities.has(link.target)) return [];
    const facts = link.facts.filter((fact) => !predicates.includes(fact.predicate));
    return facts.length > 0 ? [{ ...link, facts }] : [];
  });
  return { ...picture, entities, links };
}
