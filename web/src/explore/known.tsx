import { createContext, useContext } from 'react';
import { ask } from '../api/ask';
import { iconAddress } from '../look/icons';
import { kindColour } from '../look/palette';
import { AboutDocument, LanguagesDocument, type AboutQuery, type Icon } from '../queries/typed';
import { en, type Words } from '../words/en';
import { languageFor, type Tongue } from '../words/words';

/** A kind: what it is called and how it looks. */
export interface KnownKind {
  kind: string;
  label: string;
  description: string | null;
  count: number;
  icon: Icon | null;
  colour: string;
  image: string;
}

export type KnownPredicate = AboutQuery['graph']['predicates'][number];
export type KnownMetric = AboutQuery['graph']['metrics'][number];

/** What every part of the page needs to know of the graph. */
export interface Known {
  words: Words;
  tongue: Tongue;
  /** The graph's language for labels; none if it has none that fits. */
  lang: string | undefined;
  title: string;
  name: string;
  entityCount: number;
  kinds: ReadonlyMap<string, KnownKind>;
  predicates: ReadonlyMap<string, KnownPredicate>;
  metrics: ReadonlyMap<string, KnownMetric>;
  /** Where to begin: the entity with the highest PageRank. */
  start: string | undefined;
  /** The years that statements are dated with. */
  years: { first: number; last: number } | undefined;
  revision: number;
}

/** What the graph knows, in a language of the page. Two requests: the first learns the graph's languages. */
export async function loadKnown(words: Words, tongue: Tongue): Promise<Known> {
  const { graph: speech } = await ask(LanguagesDocument, {});
  const lang = languageFor(tongue, speech.languages);
  const { graph, entities, first, last } = await ask(AboutDocument, { lang });
  const kinds = graph.kinds.map((kind, index): KnownKind => {
    const image = iconAddress(kind.icon, kind.label);
    return { ...kind, colour: kindColour(index), image };
  });
  const year = (date: string | null | undefined) => (date ? Number(date.slice(0, 4)) : Number.NaN);
  const [from, to] = [year(first.nodes[0]?.validFrom), year(last.nodes[0]?.validFrom)];
  return {
    words,
    tongue,
    lang,
    title: graph.title,
    name: graph.name,
    entityCount: graph.entityCount,
    kinds: new Map(kinds.map((kind) => [kind.kind, kind])),
    predicates: new Map(graph.predicates.map((predicate) => [predicate.predicate, predicate])),
    metrics: new Map(graph.metrics.map((metric) => [metric.metric, metric])),
    start: entities.nodes[0]?.key,
    years: Number.isFinite(from) && Number.isFinite(to) ? { first: from, last: Math.max(to, new Date().getFullYear()) } : undefined,
    revision: graph.revision,
  };
}

const UNKNOWN: Known = {
  words: en,
  tongue: 'en',
  lang: undefined,
  title: '',
  name: '',
  entityCount: 0,
  kinds: new Map(),
  predicates: new Map(),
  metrics: new Map(),
  start: undefined,
  years: undefined,
  revision: 0,
};

export const KnownContext = createContext<Known>(UNKNOWN);

export function useKnown(): Known {
  return useContext(KnownContext);
}

/** What a predicate is called, read from the subject or from the object. */
export function predicateLabel(known: Known, predicate: string, isInverse = false): string {
  const info = known.predicates.get(predicate);
  if (!info) return predicate;
  return isInverse ? (info.inverseLabel ?? `← ${info.label}`) : info.label;
}
