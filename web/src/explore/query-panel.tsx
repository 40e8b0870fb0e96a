import { playgroundLink } from '../scene/address';
import type { Behind } from '../scene/load';
import { useKnown } from './known';
import { CopyButton, Problem } from './parts';
import { useAnswer } from './use-answer';

/** The query behind a view, as somebody would write it by hand. */
export function QueryPanel({ behind }: { behind: Behind | undefined }) {
  const { words } = useKnown();
  const text = useAnswer([behind], async () => {
    if (!behind) return '';
    const { plainQuery } = await import('../scene/query-text');
    return plainQuery(behind.document.toString(), behind.variables);
  });
  if (text.error) return <Problem error={text.error} />;
  if (!text.data) return null;
  return (
    <div className="details">
      <h2>{words.queryBehind}</h2>
      <p className="muted">{words.queryHint}</p>
      <div className="row">
        <a className="button" href={playgroundLink(text.data)}>
          {words.openInPlayground}
        </a>
        <CopyButton label={words.copyQuery} text={text.data} />
      </div>
      <pre className="code" tabIndex={0} aria-label={words.queryBehind}>
        {text.data}
      </pre>
    </div>
  );
}
