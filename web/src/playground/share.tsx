import { ToolbarButton, useGraphiQL } from '@graphiql/react';
import { useState } from 'react';
import { playgroundLink } from '../scene/address';

/** What a link to the playground holds, in the part of the address that is not sent anywhere. */
export interface Shared {
  query: string;
  variables: string;
}

/** What the address of this page holds, if somebody shared it. */
export function shared(): Shared | undefined {
  const parameters = new URLSearchParams(window.location.hash.slice(1));
  const query = parameters.get('query');
  return query ? { query, variables: parameters.get('variables') ?? '' } : undefined;
}

export function ShareButton() {
  const [isCopied, setCopied] = useState(false);
  const editors = useGraphiQL((state) => ({
    query: state.queryEditor,
    variables: state.variableEditor,
  }));

  async function share() {
    const link = playgroundLink(editors.query?.getValue() ?? '', editors.variables?.getValue());
    const address = window.location.origin + link;
    window.history.replaceState(null, '', address);
    try {
      await navigator.clipboard.writeText(address);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // Without leave to write to the clipboard, the link stands in the address bar.
    }
  }

  return (
    <ToolbarButton label={isCopied ? 'Link copied' : 'Share: copy a link to this query'} onClick={share}>
      <svg className="graphiql-toolbar-icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
        {isCopied ? (
          <path d="M4 10.5l4 4 8-9" strokeLinecap="round" strokeLinejoin="round" />
        ) : (
          <path d="M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1-1" strokeLinecap="round" />
        )}
      </svg>
    </ToolbarButton>
  );
}
