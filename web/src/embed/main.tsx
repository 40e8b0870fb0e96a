import '../look/look.css';
import '../explore/explore.css';
import './embed.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { Canvas } from '../canvas/canvas';
import { useKnown } from '../explore/known';
import { themeNow, wearTheme } from '../explore/look';
import { Problem } from '../explore/parts';
import { Stage } from '../explore/stage';
import { Start } from '../explore/start';
import { Tables } from '../explore/table';
import { useAnswer } from '../explore/use-answer';
import { linkTo, useScene } from '../explore/use-scene';
import { load } from '../scene/load';
import { NOTHING, without } from '../scene/picture';

/** A view by itself, for a frame of somebody else's page. It tells that page what is selected. */
function Embedded() {
  const known = useKnown();
  const { words, lang, start, tongue } = known;
  const control = useScene(tongue, start);
  const { scene } = control;
  const canvasRef = useRef<Canvas>(null);
  const [hasCanvas, setHasCanvas] = useState(true);
  const { around, keys, hidden, connect, avoid, on, knownAt, confidence, size } = scene;
  const view = useAnswer([around, keys, hidden, connect, avoid, on, knownAt, confidence, size, lang], (signal) => load(scene, lang, signal));
  const picture = useMemo(() => without(view.data?.picture ?? NOTHING, scene.offKinds, scene.offPredicates), [view.data, scene.offKinds, scene.offPredicates]);
  useEffect(() => {
    // Only what the page around could read in the address anyway.
    if (parent !== window) parent.postMessage({ type: 'westlake-select', keys: scene.selected, view: location.search.slice(1) }, '*');
  }, [scene.selected]);
  return (
    <main className="embed">
      {view.error && <Problem error={view.error} />}
      {hasCanvas ? (
        <Stage control={control} picture={picture} theme={themeNow()} isEmbedded canvasRef={canvasRef} onBlind={() => setHasCanvas(false)} />
      ) : (
        <Tables control={control} picture={picture} />
      )}
      <footer>
        <span>{known.title}</span>
        <a href={linkTo(scene, tongue)} target="_blank" rel="noopener">
          {words.fullView}
        </a>
      </footer>
    </main>
  );
}

wearTheme(themeNow(), false);
const element = document.getElementById('page');
if (element) createRoot(element).render(<Start>{() => <Embedded />}</Start>);
