import { useEffect, useState, type ReactNode } from 'react';
import { KnownContext, loadKnown, type Known } from './known';
import { Problem } from './parts';
import { tongueOf, wordsOf, type Tongue } from '../words/words';

/** What the whole page can be told. */
export interface PageControl {
  onTongue: (tongue: Tongue) => void;
  /** Whether somebody chose the language by hand. */
  isTongueChosen: boolean;
  /** Learns anew what the graph knows. */
  learn: () => void;
}

/** Learns what the graph is, in the page's language, before anything else is shown. */
export function Start({ children }: { children: (page: PageControl) => ReactNode }) {
  const [tongue, setTongue] = useState<Tongue>(() => tongueOf(location.search));
  const [isChosen, setChosen] = useState(() => new URLSearchParams(location.search).has('lang'));
  const [known, setKnown] = useState<Known>();
  const [error, setError] = useState<Error>();
  const [tries, setTries] = useState(0);
  useEffect(() => {
    document.documentElement.lang = tongue;
    let isGone = false;
    let timer: number | undefined;
    loadKnown(wordsOf(tongue), tongue).then(
      (known) => {
        if (isGone) return;
        setError(undefined);
        setKnown(known);
      },
      (error: unknown) => {
        if (isGone) return;
        setError(error as Error);
        timer = window.setTimeout(() => setTries((tries) => tries + 1), 3000);
      },
    );
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [tongue, tries]);
  if (!known) {
    const words = wordsOf(tongue);
    return (
      <div className="middle">
        {error ? (
          <>
            <Problem error={error} onRetry={() => setTries(tries + 1)} />
            <p className="muted">{words.offline}</p>
          </>
        ) : (
          <p className="muted" role="status">
            {words.loading}
          </p>
        )}
      </div>
    );
  }
  return (
    <KnownContext.Provider value={known}>
      {children({
        onTongue: (tongue) => {
          setChosen(true);
          setTongue(tongue);
        },
        isTongueChosen: isChosen,
        learn: () => setTries((tries) => tries + 1),
      })}
    </KnownContext.Provider>
  );
}
