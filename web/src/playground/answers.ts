import { useSyncExternalStore } from 'react';

/** The last answer that the playground got, with what was asked. */
export interface Answered {
  query: string;
  operationName: string | undefined;
  data: unknown;
}

let last: Answered | undefined;
const listeners = new Set<() => void>();

export function answered(answer: Answered | undefined) {
  last = answer;
  for (const listener of listeners) listener();
}

export function useAnswered(): Answered | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => last,
  );
}
