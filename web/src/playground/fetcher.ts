import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { parse } from 'graphql';
import { liveClient } from '../api/live';
import { answered } from './answers';

const send = createGraphiQLFetcher({ url: '/graphql', wsClient: liveClient(), enableIncrementalDelivery: false });

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
 * Sends what the editor shows, and remembers the answer. GraphiQL learns the operation's name a moment
 * after the text has changed; a document with one operation needs none, so a name that is not in it
 * stays here.
 */
export const fetcher: Fetcher = async (parameters, options) => {
  const known = operations(parameters.query);
  const isStale = known.length === 1 && known[0] !== parameters.operationName;
  const asked = isStale ? { ...parameters, operationName: undefined } : parameters;
  const answer = await send(asked, options);
  if (parameters.operationName === 'IntrospectionQuery') return answer;
  const isWhole = typeof answer === 'object' && answer !== null && 'data' in answer;
  answered(isWhole ? { query: asked.query, operationName: asked.operationName ?? undefined, data: answer.data } : undefined);
  return answer;
};
