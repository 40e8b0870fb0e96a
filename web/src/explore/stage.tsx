import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Canvas, Emphasis } from '../canvas/canvas';
import { useCanvas } from './use-canvas';
import { linkId, type Picture } from '../scene/picture';
import { collapse, expand, hide, keepOnly, pin, unpin, type Scene } from '../scene/scene';
import { useKnown } from './known';
import { lookOf, type Theme } from './look';
import { GLYPHS, IconButton } from './parts';
import type { SceneControl } from './use-scene';

function emphasisOf(scene: Scene, picture: Picture): Emphasis {
  const [one, other] = scene.selected;
  const told = picture.paths[scene.path];
  const keys = told?.keys ?? [];
  return {
    selected: new Set(scene.isLink ? [] : scene.selected),
    link: scene.isLink && one !== undefined && other !== undefined ? linkId(one, other) : undefined,
    path: told && { nodes: new Set(keys), links: new Set(keys.slice(1).map((key, index) => linkId(keys[index] ?? '', key))) },
    pinned: new Set(scene.pins.map((pin) => pin.key)),
  };
}

/** The drawing, with its tools and its keys. */
export function Stage(props: {
  control: SceneControl;
  picture: Picture;
  theme: Theme;
  isEmbedded?: boolean;
  /** Hears of the drawing, and when it is gone. */
  onCanvas?: (canvas: Canvas | undefined) => void;
  /** Hears that this browser cannot draw. */
  onBlind: () => void;
}) {
  const { control, picture, theme, isEmbedded, onCanvas, onBlind } = props;
  const { scene, change, selectKeys } = control;
  const known = useKnown();
  const { words } = known;
  const container = useRef<HTMLDivElement>(null);
  const [isLasso, setLasso] = useState(false);
  const [hasNames, setNames] = useState(true);
  const [said, setSaid] = useState('');
  const canvas = useCanvas(
    container,
    () => lookOf(known),
    {
      onSelect: selectKeys,
      onExpand: (key) => change((scene) => expand(scene, key)),
      onPin: (pins) => change((scene) => pin(scene, pins)),
      onRest: () => {
        if (picture.entities.size > 0) performance.mark('westlake:drawn');
        container.current?.setAttribute('data-state', 'still');
      },
    },
    onBlind,
  );
  const pins = useRef(scene.pins);
  pins.current = scene.pins;

  useEffect(() => {
    onCanvas?.(canvas);
    return () => onCanvas?.(undefined);
  }, [canvas, onCanvas]);

  useEffect(() => canvas?.wear(lookOf(known)), [canvas, known, theme]);

  useEffect(() => {
    if (!canvas) return;
    container.current?.setAttribute('data-state', 'moving');
    canvas.show(picture, pins.current);
  }, [canvas, picture]);

  const emphasis = useMemo(() => emphasisOf(scene, picture), [scene, picture]);
  useEffect(() => canvas?.emphasise(emphasis), [canvas, emphasis]);

  const [first] = scene.selected;
  const shown = first === undefined ? undefined : picture.entities.get(first);
  useEffect(() => {
    if (!shown || scene.isLink) return;
    canvas?.reveal(shown.key);
    setSaid(words.selectedNow(shown.label, known.kinds.get(shown.kind)?.label ?? '', shown.drawn, shown.total));
  }, [shown, scene.isLink, words, known, canvas]);

  const pinSelected = useCallback(() => {
    const pinned = new Set(scene.pins.map((one) => one.key));
    if (scene.selected.every((key) => pinned.has(key))) change((scene) => unpin(scene, scene.selected));
    else change((before) => pin(before, before.selected.flatMap((key) => canvas?.spot(key) ?? [])));
  }, [scene, change, canvas]);

  function onKeyDown(event: React.KeyboardEvent) {
    if (!canvas || event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const ways: Record<string, readonly [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const way = ways[event.key];
    if (way && event.shiftKey) canvas.pan(0.1 * way[0], 0.1 * way[1]);
    else if (way) {
      const next = first === undefined || !canvas.has(first) ? canvas.toward(undefined, 0, 0) : canvas.toward(first, ...way);
      if (next !== undefined) selectKeys([next]);
    } else if (event.key === 'Enter' && first !== undefined) change((scene) => expand(scene, first));
    else if (event.key === 'Delete' || event.key === 'Backspace') change((scene) => hide(scene, scene.selected));
    else if (event.key === 'p' || event.key === 'P') pinSelected();
    else if (event.key === '+' || event.key === '=') canvas.zoom(1.4);
    else if (event.key === '-') canvas.zoom(1 / 1.4);
    else if (event.key === '0') canvas.fit();
    else if (event.key === 'l' || event.key === 'L') control.pass((scene) => ({ ...scene, as: 'table' }));
    else if (event.key === 'Escape') selectKeys([]);
    else return;
    event.preventDefault();
  }

  const isPinned = scene.selected.length > 0 && scene.selected.every((key) => scene.pins.some((one) => one.key === key));
  const isOpen = first !== undefined && scene.around.some((one) => one.key === first) && (scene.around.length > 1 || scene.keys.length > 0);
  return (
    <div className="stage">
      <div
        ref={container}
        className="canvas"
        role="application"
        tabIndex={0}
        aria-label={words.canvas(known.title)}
        data-state="moving"
        data-nodes={picture.entities.size}
        onKeyDown={onKeyDown}
      />
      {isLasso && (
        <Lasso
          onDrawn={(line) => {
            setLasso(false);
            selectKeys(canvas?.inside(line) ?? []);
          }}
        />
      )}
      <div className="unseen" role="status">
        {said}
      </div>
      <div className="tools" role="toolbar" aria-label={words.tools}>
        <IconButton label={words.zoomIn} keys="+" path={GLYPHS.plus} onPress={() => canvas?.zoom(1.4)} />
        <IconButton label={words.zoomOut} keys="-" path={GLYPHS.minus} onPress={() => canvas?.zoom(1 / 1.4)} />
        <IconButton label={words.fit} keys="0" path={GLYPHS.fit} onPress={() => canvas?.fit()} />
        {!isEmbedded && (
          <>
            <IconButton label={words.arrange} path={GLYPHS.arrange} onPress={() => canvas?.arrange(emphasis.pinned)} />
            <IconButton label={words.lasso} path={GLYPHS.lasso} isPressed={isLasso} onPress={() => setLasso(!isLasso)} />
            <IconButton
              label={words.lines}
              path={GLYPHS.lines}
              isPressed={hasNames}
              onPress={() => {
                setNames(!hasNames);
                canvas?.nameLines(!hasNames);
              }}
            />
          </>
        )}
      </div>
      {!isEmbedded && scene.selected.length > 0 && !scene.isLink && (
        <div className="actions" role="toolbar" aria-label={words.panels.details}>
          {scene.selected.length === 1 && first !== undefined && shown && scene.connect.length < 2 && (
            <>
              <button type="button" onClick={() => change((scene) => expand(scene, first))} disabled={shown.total <= shown.drawn}>
                {shown.total > shown.drawn ? words.expandMore(shown.total - shown.drawn) : words.expand}
              </button>
              {isOpen && (
                <button type="button" onClick={() => change((scene) => collapse(scene, first))}>
                  {words.collapse}
                </button>
              )}
            </>
          )}
          <button type="button" onClick={() => change((scene) => hide(scene, scene.selected))}>
            {words.hide}
          </button>
          <button type="button" onClick={pinSelected}>
            {isPinned ? words.unpin : words.pin}
          </button>
          {scene.selected.length > 1 && (
            <>
              <button type="button" onClick={() => change((scene) => keepOnly(scene, scene.selected))}>
                {words.keep}
              </button>
              <button
                type="button"
                onClick={() => change((scene) => ({ ...scene, connect: scene.selected.slice(0, 12), path: 0, panel: 'connect' }))}
              >
                {words.connectThese}
              </button>
            </>
          )}
        </div>
      )}
    </div>
  );
}

/** A sheet over the drawing on which somebody draws a line around entities. */
function Lasso({ onDrawn }: { onDrawn: (line: readonly { x: number; y: number }[]) => void }) {
  const [line, setLine] = useState<readonly { x: number; y: number }[]>([]);
  const at = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  return (
    <svg
      className="lasso"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setLine([at(event)]);
      }}
      onPointerMove={(event) => line.length > 0 && setLine([...line, at(event)])}
      onPointerUp={() => onDrawn(line)}
    >
      {line.length > 1 && <polygon points={line.map(({ x, y }) => `${x},${y}`).join(' ')} />}
    </svg>
  );
}
