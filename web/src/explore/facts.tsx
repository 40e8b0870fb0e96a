import { useState } from 'react';
import type { Evidence, Source, Told } from '../scene/picture';
import { useKnown } from './known';
import { Name } from './parts';

/** A source, and the places in it: title, publisher, date, paragraph. */
export function SourceLine({ source, locator }: { source: Source; locator?: string | null }) {
  const { words } = useKnown();
  const isWeb = source.url !== null && /^https?:/i.test(source.url);
  return (
    <div className="source">
      <cite>
        <Name longest={200}>{source.title}</Name>
      </cite>
      <small>
        {[source.publisher, source.published].filter(Boolean).map((part) => (
          <span key={part}>
            <Name longest={80}>{part ?? ''}</Name>
          </span>
        ))}
        {locator && <span>{words.paragraph(locator)}</span>}
        {isWeb && source.url && (
          <a href={source.url} target="_blank" rel="noreferrer noopener">
            {words.openSource}
          </a>
        )}
      </small>
    </div>
  );
}

/** Who says so, one press away. */
export function SourcesButton({ references }: { references: readonly Evidence[] }) {
  const { words } = useKnown();
  const [isOpen, setOpen] = useState(false);
  if (references.length === 0) return null;
  return (
    <>
      <button type="button" className="sources-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {words.source(references.length)}
      </button>
      {isOpen && (
        <div className="sources">
          {references.map(({ source, locator }) => (
            <SourceLine key={`${source.key} ${locator}`} source={source} locator={locator} />
          ))}
        </div>
      )}
    </>
  );
}

export function Dates({ from, until }: { from: string | null; until: string | null }) {
  const { words } = useKnown();
  if (!from && !until) return null;
  const text = from === until ? from : from && until ? `${from} – ${until}` : from ? words.since(from) : words.until(until ?? '');
  return <span className="dates">{text}</span>;
}

/** What qualifies a statement: when, how sure, and what is remarked. */
export function Qualifiers({ told, isDisputed }: { told: Pick<Told, 'validFrom' | 'validUntil' | 'confidence' | 'rank' | 'note'>; isDisputed?: boolean }) {
  const { words } = useKnown();
  return (
    <>
      <Dates from={told.validFrom} until={told.validUntil} />
      <span className={`confidence ${told.confidence.toLowerCase()}`} title={words.confidences[told.confidence]}>
        <span className="unseen">{words.confidences[told.confidence]}</span>
      </span>
      {isDisputed && <span className="tag disputed">{words.disputed}</span>}
      {told.rank === 'DEPRECATED' && <span className="tag">{words.deprecated}</span>}
      {told.rank === 'PREFERRED' && <span className="tag">{words.preferred}</span>}
      {told.note && (
        <span className="note">
          <Name longest={400}>{told.note}</Name>
        </span>
      )}
    </>
  );
}
