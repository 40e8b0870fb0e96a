import { CONFIDENCES, SIZES, toggled, type Scene } from '../scene/scene';
import { factsOf, type Picture } from '../scene/picture';
import { predicateLabel, useKnown } from './known';
import { KindDot, Section } from './parts';
import type { SceneControl } from './use-scene';

function counts(names: Iterable<string>): [string, number][] {
  const counted = new Map<string, number>();
  for (const name of names) counted.set(name, (counted.get(name) ?? 0) + 1);
  return [...counted].sort(([, one], [, other]) => other - one);
}

function keepListed(entries: [string, number][], off: readonly string[]): [string, number][] {
  const listed = new Set(entries.map(([name]) => name));
  return [...entries, ...off.filter((name) => !listed.has(name)).map((name): [string, number] => [name, 0])];
}

/** What colours and icons mean; pressing one leaves it out. */
export function Legend({ control, picture }: { control: SceneControl; picture: Picture }) {
  const known = useKnown();
  const { words, kinds } = known;
  const { scene, change } = control;
  const kindCounts = keepListed(counts([...picture.entities.values()].map((shown) => shown.kind)), scene.offKinds);
  const predicateCounts = keepListed(counts(factsOf(picture).map((fact) => fact.predicate)), scene.offPredicates);
  const set = (part: Partial<Scene>) => change((scene) => ({ ...scene, ...part }));
  return (
    <div className="details">
      <div className="fields">
        <label>
          {words.size}
          <select value={scene.size} onChange={(event) => set({ size: SIZES.find((size) => size === event.target.value) ?? scene.size })}>
            {SIZES.map((size) => (
              <option key={size} value={size}>
                {words.sizes[size]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.leastConfidence}
          <select
            value={scene.confidence ?? ''}
            onChange={(event) => set({ confidence: CONFIDENCES.find((one) => one === event.target.value) })}
          >
            <option value="">{words.any}</option>
            {CONFIDENCES.map((confidence) => (
              <option key={confidence} value={confidence}>
                {words.confidence[confidence]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Section
        title={words.kinds}
        aside={<AllOrNone onAll={() => set({ offKinds: [] })} onNone={() => set({ offKinds: kindCounts.map(([kind]) => kind) })} />}
      >
        <ul className="legend">
          {kindCounts.map(([kind, count]) => (
            <li key={kind}>
              <label title={kinds.get(kind)?.description ?? undefined}>
                <input
                  type="checkbox"
                  checked={!scene.offKinds.includes(kind)}
                  onChange={() => change((scene) => ({ ...scene, offKinds: toggled(scene.offKinds, kind) }))}
                />
                <KindDot kind={kind} />
                <span>{kinds.get(kind)?.label ?? kind}</span>
                <small>{count}</small>
              </label>
            </li>
          ))}
        </ul>
      </Section>
      <Section
        title={words.predicates}
        aside={
          <AllOrNone onAll={() => set({ offPredicates: [] })} onNone={() => set({ offPredicates: predicateCounts.map(([one]) => one) })} />
        }
      >
        <ul className="legend">
          {predicateCounts.map(([predicate, count]) => (
            <li key={predicate}>
              <label title={known.predicates.get(predicate)?.description ?? undefined}>
                <input
                  type="checkbox"
                  checked={!scene.offPredicates.includes(predicate)}
                  onChange={() => change((scene) => ({ ...scene, offPredicates: toggled(scene.offPredicates, predicate) }))}
                />
                <span>{predicateLabel(known, predicate)}</span>
                <small>{count}</small>
              </label>
            </li>
          ))}
        </ul>
      </Section>
      {scene.hidden.length > 0 && (
        <button type="button" className="quiet" onClick={() => set({ hidden: [] })}>
          {words.showHidden(scene.hidden.length)}
        </button>
      )}
    </div>
  );
}

function AllOrNone({ onAll, onNone }: { onAll: () => void; onNone: () => void }) {
  const { words } = useKnown();
  return (
    <span className="row">
      <button type="button" className="quiet" onClick={onAll}>
        {words.all}
      </button>
      <button type="button" className="quiet" onClick={onNone}>
        {words.none}
      </button>
    </span>
  );
}
