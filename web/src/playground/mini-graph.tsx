import { useGraphiQL } from '@graphiql/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useCanvas } from '../explore/use-canvas';
import type { Known } from '../explore/known';
import { lookOf, type Theme } from '../explore/look';
import { addressOf } from '../scene/address';
import type { Picture } from '../scene/picture';
import { EMPTY } from '../scene/scene';
import { useAnswered, type Answered } from './answers';
import { graphOf } from './answer-graph';

/** Above so many entities an answer is not drawn, nor opened as a view: an address cannot hold them all. */
const MOST = 1_000;

/** The answer as a drawing, if it has entities with something between them; beside its text. */
export function MiniGraph({ known, theme }: { known: Known; theme: Theme }) {
  const schema = useGraphiQL((state) => state.schema);
  const answer = useAnswered();
  const [isOpen, setOpen] = useState(true);
  const picture = useMemo(() => (schema && answer ? tried(() => graphOf(schema, answer)) : undefined), [schema, answer]);
  if (!picture) return null;
  const keys = [...picture.entities.keys()];
  const { words } = known;
  return (
    <section className="mini" aria-label={words.forms.graph}>
      <header>
        <button type="button" className="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {words.forms.graph}: {words.counts(String(keys.length), String(picture.links.length))}
        </button>
        {keys.length <= MOST && (
          <a className="button" href={viewOf(answer, keys)}>
            {words.openAsView}
          </a>
        )}
      </header>
      {isOpen && keys.length <= MOST && <Drawing known={known} theme={theme} picture={picture} />}
    </section>
  );
}

function tried<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    // The answer is to an older schema or a document that has changed since: it has no drawing.
    return undefined;
  }
}

/** The address of the view of an answer's entities. */
function viewOf(answer: Answered | undefined, keys: readonly string[]): string {
  const on = /\bview\s*\([^)]*\bon:\s*"([^"]+)"/.exec(answer?.query ?? '')?.[1];
  return `/?${addressOf({ ...EMPTY, keys, on })}`;
}

/** A drawing that is only looked at. */
const IDLE = { onSelect: () => undefined, onExpand: () => undefined, onPin: () => undefined };

function Drawing({ known, theme, picture }: { known: Known; theme: Theme; picture: Picture }) {
  const container = useRef<HTMLDivElement>(null);
  const look = useMemo(() => lookOf(known), [known, theme]);
  // Without WebGL there is no drawing; the answer's text is there.
  const canvas = useCanvas(container, () => look, IDLE);
  useEffect(() => canvas?.wear(look), [canvas, look]);
  useEffect(() => canvas?.show(picture, []), [canvas, picture]);
  const names = [...picture.entities.values()].map((shown) => shown.label);
  return <div ref={container} className="mini-canvas" role="img" aria-label={`${known.words.forms.graph}: ${names.slice(0, 50).join(', ')}`} />;
}
