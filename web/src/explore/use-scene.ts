import { useCallback, useEffect, useReducer } from 'react';
import { addressOf, sceneOf } from '../scene/address';
import { select, startAt, type Scene } from '../scene/scene';
import type { Tongue } from '../words/words';

interface Steps {
  past: readonly Scene[];
  present: Scene;
  future: readonly Scene[];
}

/** How many steps can be taken back. */
const KEPT = 100;

type Step = { kind: 'undo' } | { kind: 'redo' } | { kind: 'change'; change: (scene: Scene) => Scene; isPassing: boolean };

function step(steps: Steps, what: Step): Steps {
  const { past, present, future } = steps;
  switch (what.kind) {
    case 'undo': {
      const last = past.at(-1);
      return last ? { past: past.slice(0, -1), present: last, future: [present, ...future] } : steps;
    }
    case 'redo': {
      const [next, ...rest] = future;
      return next ? { past: [...past, present], present: next, future: rest } : steps;
    }
    case 'change': {
      const next = what.change(present);
      if (next === present) return steps;
      if (what.isPassing) return { ...steps, present: next };
      return { past: [...past, present].slice(-KEPT), present: next, future: [] };
    }
  }
}

export interface SceneControl {
  scene: Scene;
  /** Changes the scene; it can be undone. */
  change: (change: (scene: Scene) => Scene) => void;
  /** Changes what nobody would want to undo: what is selected, what is open. */
  pass: (change: (scene: Scene) => Scene) => void;
  selectKeys: (keys: readonly string[], isLink?: boolean) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
}

/** The link to a scene, in the page's language if that was chosen by hand. */
export function linkTo(scene: Scene, tongue: Tongue | undefined, path = '/'): string {
  const query = addressOf(scene);
  if (tongue) query.set('lang', tongue);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The scene of the address. An address that says nothing begins where the graph is densest. */
function firstScene(start: string | undefined): Scene {
  const scene = sceneOf(location.search);
  const isBare = scene.around.length === 0 && scene.keys.length === 0 && scene.connect.length === 0;
  return isBare && start !== undefined ? { ...startAt(scene, start), selected: scene.selected, panel: scene.panel } : scene;
}

/** The scene that the address describes; the address follows it. */
export function useScene(tongue: Tongue | undefined, start: string | undefined): SceneControl {
  const [steps, dispatch] = useReducer(step, undefined, () => ({ past: [], present: firstScene(start), future: [] }));
  const scene = steps.present;
  useEffect(() => {
    const address = linkTo(scene, tongue, location.pathname);
    if (address !== location.pathname + location.search) history.replaceState(null, '', address);
  }, [scene, tongue]);
  const change = useCallback((change: (scene: Scene) => Scene) => dispatch({ kind: 'change', change, isPassing: false }), []);
  const pass = useCallback((change: (scene: Scene) => Scene) => dispatch({ kind: 'change', change, isPassing: true }), []);
  const selectKeys = useCallback((keys: readonly string[], isLink = false) => pass((scene) => select(scene, keys, isLink)), [pass]);
  const undo = useCallback(() => dispatch({ kind: 'undo' }), []);
  const redo = useCallback(() => dispatch({ kind: 'redo' }), []);
  return { scene, change, pass, selectKeys, undo, redo, canUndo: steps.past.length > 0, canRedo: steps.future.length > 0 };
}
