import { useMemo } from 'react';
import { load, type Behind } from '../scene/load';
import { NOTHING, without, type Picture } from '../scene/picture';
import type { Scene } from '../scene/scene';
import { useAnswer } from './use-answer';

/** What a scene shows: the picture that the API gives for it, and what the legend leaves of it. */
export interface View {
  picture: Picture;
  shown: Picture;
  behind: Behind | undefined;
  error: Error | undefined;
  isLoading: boolean;
}

/** Asks for what a scene shows, anew whenever `tick` changes. */
export function useView(scene: Scene, lang: string | undefined, tick = 0): View {
  const { around, keys, hidden, connect, avoid, on, knownAt, confidence, size, offKinds, offPredicates } = scene;
  const isConnecting = connect.length >= 2;
  const about = [around, keys, hidden, isConnecting ? connect : undefined, avoid, on, knownAt, confidence, size, lang, tick];
  const { data, error, isLoading } = useAnswer(about, (signal) => load(scene, lang, signal));
  const picture = data?.picture ?? NOTHING;
  const shown = useMemo(() => without(picture, offKinds, offPredicates), [picture, offKinds, offPredicates]);
  return { picture, shown, behind: data?.behind, error, isLoading };
}
