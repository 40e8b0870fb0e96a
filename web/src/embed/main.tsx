import '../look/look.css';
import '../explore/explore.css';
import './embed.css';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useKnown } from '../explore/known';
import { themeNow, wearTheme } from '../explore/look';
import { Problem } from '../explore/parts';
import { Stage } from '../explore/stage';
import { Start } from '../explore/start';
import { Tables } from '../explore/table';
import { linkTo, useScene } from '../explore/use-scene';
import { useView } from '../explore/use-view';

/** A view by itself, for a frame of somebody else's page. It tells that page what is selected. */
function Embedded() {
  const known = useKnown();
  const { words, lang, start, tongue } = known;
  const control = useScene(tongue, start);
  const { scene } = control;
  const [hasCanvas, setHasCanvas] = useState(true);
  const { shown, error } = useView(scene, lang);
  useEffect(() => {
    // Only what the page around could read in the address anyway.
    if (parent !== window) parent.postMessage({ type: 'westlake-select', keys: scene.selected, view: location.search.slice(1) }, '*');
  }, [scene.selected]);
  return (
    <main className="embed">
      {error && <Problem error={error} />}
      {hasCanvas ? (
        <Stage control={control} picture={shown} theme={themeNow()} isEmbedded onBlind={() => setHasCanvas(false)} />
      ) : (
        <Tables control={control} picture={shown} />
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
