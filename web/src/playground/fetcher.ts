import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';

/** Subscriptions go over a WebSocket, which is opened with the first of them. */
const wsClient = createClient({ url: () => new URL('/graphql', window.location.href.replace(/^http/, 'ws')).href });
const send = createGraphiQLFetcher({ url: '/graphql', wsClient });

/** The names of a document's operations; none for one that does not parse, as the server will say why. */
function operations(query: string): (string | undefined)[] {
  try {
    return parse(query).definitions.flatMap((definition) =>
      definition.kind === 'OperationDefinition' ? [definition.name?.value] : [],
    );
  } catch {
    return [];
  }
}

/**
 * Sends what the editor shows. GraphiQL learns the operation's name a moment after the text has
 * changed; a document with one operation needs none, so a name that is not in it stays here.
 */
export const fetcher: Fetcher = (parameters, options) => {
  const known = operations(parameters.query);
  const isStale = known.length === 1 && known[0] !== parameters.operationName;
  return send(isStale ? { ...parameters, operationName: undefined } : parameters, options);
};
