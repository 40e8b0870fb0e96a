import { useEffect, useState } from 'react';

/** The answer to a question that is asked anew when what it depends on changes. */
export interface Asked<Data> {
  data: Data | undefined;
  error: Error | undefined;
  isLoading: boolean;
}

/**
 * Asks, and keeps the answer before until the next is there. `about` says what the question is: when it
 * changes, it is asked anew; the answer to another question is not kept if `isAnew`.
 */
export function useAnswer<Data>(about: readonly unknown[], question: (signal: AbortSignal) => Promise<Data>, isAnew = false): Asked<Data> {
  const [asked, setAsked] = useState<Asked<Data>>({ data: undefined, error: undefined, isLoading: true });
  useEffect(() => {
    const stop = new AbortController();
    setAsked((before) => ({ data: isAnew ? undefined : before.data, error: undefined, isLoading: true }));
    question(stop.signal).then(
      (data) => stop.signal.aborted || setAsked({ data, error: undefined, isLoading: false }),
      (error: unknown) => stop.signal.aborted || setAsked((before) => ({ data: before.data, error: error as Error, isLoading: false })),
    );
    return () => stop.abort();
    // What the question depends on is stated by whoever asks it.
  }, about);
  return asked;
}
