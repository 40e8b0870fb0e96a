import { useState } from 'react';
import { ask } from '../api/ask';
import { NamesDocument } from '../queries/typed';
import type { Picture, ToldPath } from '../scene/picture';
import { keepOnly, toggled } from '../scene/scene';
import { TellStatements } from './details';
import { predicateLabel, useKnown } from './known';
import { GLYPHS, Glyph, IconButton, KindDot, Name } from './parts';
import { Search } from './search';
import { useAnswer } from './use-answer';
import type { SceneControl } from './use-scene';

/** How are they connected? Things to pick, and the ways from one to the other, told with their evidence. */
export function Connect({ control, picture, isLoading }: { control: SceneControl; picture: Picture; isLoading: boolean }) {
  const { words, lang } = useKnown();
  const { scene, change, pass } = control;
  const names = useAnswer([scene.connect.join('\n'), lang], async (signal) => {
    if (scene.connect.length === 0) return [];
    const answer = await ask(NamesDocument, { keys: [...scene.connect], lang }, signal);
    return answer.neighborhood.nodes;
  });
  const known = new Map((names.data ?? []).map((node) => [node.key, node]));
  const isAsked = scene.connect.length >= 2;
  const told = picture.paths[scene.path];
  return (
    <div className="details">
      <p className="muted">{words.connectHint}</p>
      <ul className="chips">
        {scene.connect.map((key) => {
          const node = known.get(key);
          return (
            <li key={key}>
              {node && <KindDot kind={node.kind} />}
              <Name longest={40}>{node?.label ?? key}</Name>
              <button
                type="button"
                aria-label={words.remove(node?.label ?? key)}
                onClick={() => change((scene) => ({ ...scene, connect: scene.connect.filter((one) => one !== key), path: 0 }))}
              >
                <Glyph path={GLYPHS.close} />
              </button>
            </li>
          );
        })}
      </ul>
      <Search
        label={words.addThing}
        hint={words.addThing}
        onChoose={(key) =>
          change((scene) => ({ ...scene, connect: scene.connect.includes(key) ? scene.connect : [...scene.connect, key], path: 0, selected: [] }))
        }
      />
      {isAsked && !isLoading && picture.paths.length === 0 && picture.ties.length === 0 && <p role="status">{words.noPaths}</p>}
      {isAsked && told && (
        <>
          <div className="row spread" role="group" aria-label={words.pathOf(scene.path + 1, picture.paths.length)}>
            <IconButton
              label={words.previousPath}
              path={GLYPHS.left}
              isOff={scene.path === 0}
              onPress={() => pass((scene) => ({ ...scene, path: scene.path - 1 }))}
            />
            <strong role="status">
              {words.pathOf(scene.path + 1, picture.paths.length)} · {words.steps(told.steps.length)}
            </strong>
            <IconButton
              label={words.nextPath}
              path={GLYPHS.right}
              isOff={scene.path + 1 >= picture.paths.length}
              onPress={() => pass((scene) => ({ ...scene, path: scene.path + 1 }))}
            />
          </div>
          <Steps control={control} path={told} />
        </>
      )}
      {picture.ties.length > 0 && <TellStatements control={control} statements={picture.ties} />}
      {isAsked && (
        <>
          <Avoid control={control} picture={picture} />
          <div className="row">
            <button
              type="button"
              className="quiet"
              onClick={() => change((scene) => ({ ...keepOnly(scene, [...picture.entities.keys()]), panel: 'details' }))}
            >
              {words.mergePaths}
            </button>
            <button type="button" className="quiet" onClick={() => change((scene) => ({ ...scene, connect: [], avoid: [], path: 0, panel: 'details' }))}>
              {words.leaveConnect}
            </button>
          </div>
        </>
      )}
    </div>
  );
}

function Steps({ control, path }: { control: SceneControl; path: ToldPath }) {
  return (
    <ol className="steps">
      {path.steps.map((step) => (
        <li key={`${step.from}\n${step.to}`}>
          <TellStatements control={control} statements={step.statements} />
        </li>
      ))}
    </ol>
  );
}

/** Which predicates are followed: those of the paths at hand, and those that were left out. */
function Avoid({ control, picture }: { control: SceneControl; picture: Picture }) {
  const known = useKnown();
  const { scene, change } = control;
  const [isOpen, setOpen] = useState(scene.avoid.length > 0);
  const met = new Set(picture.links.flatMap((link) => link.facts.map((fact) => fact.predicate)));
  const predicates = [...new Set([...met, ...scene.avoid])];
  return (
    <details className="section" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{known.words.follow}</summary>
      <ul className="legend">
        {predicates.map((predicate) => (
          <li key={predicate}>
            <label>
              <input
                type="checkbox"
                checked={!scene.avoid.includes(predicate)}
                onChange={() => change((scene) => ({ ...scene, avoid: toggled(scene.avoid, predicate), path: 0 }))}
              />
              <span>{predicateLabel(known, predicate)}</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
