import { useState } from 'react';
import type { Canvas } from '../canvas/canvas';
import { drawSvg } from '../canvas/svg';
import { factsOf, type Picture } from '../scene/picture';
import type { Scene } from '../scene/scene';
import { lookOf } from './look';
import { useKnown } from './known';
import { CopyButton, Problem, Section } from './parts';
import { linkTo } from './use-scene';

/** Formats that the server writes, and what people call them. */
const DATA = [
  ['graphml', 'GraphML'],
  ['gexf', 'GEXF'],
  ['jsonld', 'JSON-LD'],
  ['turtle', 'Turtle'],
  ['jsonl', 'JSON Lines'],
] as const;
const TABLES = ['entities', 'statements', 'observations', 'sources'] as const;
const BIBLIOGRAPHY = [
  ['bibtex', 'BibTeX'],
  ['ris', 'RIS'],
  ['csljson', 'CSL-JSON'],
] as const;

function save(blob: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What is shown, in forms for other tools; and on other pages. */
export function TakeAway(props: { scene: Scene; picture: Picture; canvas: Canvas | undefined }) {
  const { scene, picture, canvas } = props;
  const known = useKnown();
  const { words } = known;
  const name = known.name || 'graph';
  const page = new URL(linkTo(scene, known.tongue), location.href).href;
  const frame = new URL(linkTo({ ...scene, as: 'graph', panel: 'details' }, known.tongue, '/embed'), location.href).href;
  const embedded = frame.slice(frame.indexOf('?') + 1).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const iframe = `<iframe src="${frame.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}" width="800" height="560" style="border:0" title="${known.title.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`;
  const element = `<script type="module" src="${location.origin}/westlake-view.js"></script>\n<westlake-view view="${embedded}"></westlake-view>`;

  async function png() {
    const blob = await canvas?.png();
    if (blob) save(blob, `${name}.png`);
  }

  function svg() {
    if (!canvas) return;
    const kinds = new Map([...known.kinds.values()].map(({ kind, icon, label }) => [kind, { icon, label }]));
    const text = drawSvg(canvas, lookOf(known), kinds, known.title);
    save(new Blob([text], { type: 'image/svg+xml' }), `${name}.svg`);
  }

  return (
    <div className="details">
      <p className="muted">{words.exportHint}</p>
      <Section title={words.link}>
        <div className="row">
          <input type="text" readOnly aria-label={words.copyLink} value={page} onFocus={(event) => event.target.select()} />
          <CopyButton label={words.copyLink} text={page} />
        </div>
      </Section>
      <Section title={words.pictures}>
        <div className="row">
          <button type="button" onClick={png} disabled={!canvas}>
            PNG
          </button>
          <button type="button" onClick={svg} disabled={!canvas}>
            SVG
          </button>
        </div>
      </Section>
      <Section title={words.data}>
        <p className="muted">{words.bounded}</p>
        <Downloads formats={DATA} scene={scene} picture={picture} />
      </Section>
      <Section title="CSV">
        <Downloads formats={TABLES.map((table) => [`${table}.csv`, words.files[table]])} scene={scene} picture={picture} />
      </Section>
      <Section title={words.bibliography}>
        <Downloads formats={BIBLIOGRAPHY} scene={scene} picture={picture} />
      </Section>
      <Section title={words.embed}>
        <p className="muted">{words.embedHint}</p>
        <pre className="code" tabIndex={0} aria-label={words.embed}>
          {iframe}
        </pre>
        <div className="row">
          <CopyButton label="<iframe>" text={iframe} />
          <CopyButton label="<westlake-view>" text={element} />
        </div>
      </Section>
    </div>
  );
}

/** The server writes exactly the entities that are shown, with the statements between them. */
function Downloads({ formats, scene, picture }: { formats: readonly (readonly [string, string])[]; scene: Scene; picture: Picture }) {
  const [error, setError] = useState<Error>();

  async function take(format: string) {
    setError(undefined);
    // Keys stand on lines of their own, as they may have commas in them.
    const form = new URLSearchParams({
      format,
      around: `${[...picture.entities.keys()].join('\n')}\n`,
      depth: '0',
      revision: String(picture.revision),
    });
    if (scene.offPredicates.length > 0) form.set('predicates', [...new Set(factsOf(picture).map((fact) => fact.predicate))].join(','));
    if (scene.on) form.set('on', scene.on);
    if (scene.confidence) form.set('minConfidence', scene.confidence);
    try {
      const response = await fetch('/export', { method: 'POST', body: form });
      if (!response.ok) throw new Error(await response.text());
      const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
      save(await response.blob(), name ?? format);
    } catch (error) {
      setError(error as Error);
    }
  }

  return (
    <div className="row">
      {formats.map(([format, label]) => (
        <button key={format} type="button" disabled={picture.entities.size === 0} onClick={() => take(format)}>
          {label}
        </button>
      ))}
      {error && <Problem error={error} />}
    </div>
  );
}
