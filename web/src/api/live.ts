import { createClient } from 'graphql-ws';
import { ChangesDocument, type ChangesSubscription } from '../queries/typed';

export type Change = ChangesSubscription['changes'];

/** Subscriptions go over a WebSocket, which is opened with the first of them. */
export function liveClient() {
  return createClient({
    url: () => new URL('/graphql', window.location.href.replace(/^http/, 'ws')).href,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (tries) => new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 500 * 2 ** tries))),
    shouldRetry: () => true,
  });
}

/**
 * Tells of every change after a revision, each once, for as long as it is not stopped: after a lost
 * connection it goes on where it was. `onState` hears whether the server is there.
 */
export function follow(since: number, onChange: (change: Change) => void, onState: (isThere: boolean) => void) {
  const client = liveClient();
  let last = since;
  let isStopped = false;
  client.on('connected', () => onState(true));
  client.on('closed', () => {
    if (!isStopped) onState(false);
  });
  async function run() {
    while (!isStopped) {
      const variables = { since: last };
      try {
        for await (const answer of client.iterate<ChangesSubscription>({ query: ChangesDocument.toString(), variables })) {
          const change = answer.data?.changes;
          if (!change) {
            // Refused: this graph does not change.
            isStopped = true;
            break;
          }
          last = Math.max(last, change.revision);
          onChange(change);
        }
      } catch {
        // The client tries again; what it cannot get over ends here and is begun anew below.
      }
      if (!isStopped) await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  void run();
  return () => {
    isStopped = true;
    void client.dispose();
  };
}
