import { useState } from 'react';
import { ask, citations } from '../api/ask';
import { BetweenDocument, DetailsDocument, HistoryDocument, type DetailsQuery, type TypedDocumentString } from '../queries/typed';
import { bibliography } from '../scene/bibliography';
import { narrowing } from '../scene/load';
import { playgroundLink } from '../scene/address';
import type { Picture, Told } from '../scene/picture';
import { startAt, type Scene } from '../scene/scene';
import { Qualifiers, SourceLine, SourcesButton } from './facts';
import { Figures } from './figures';
import { predicateLabel, useKnown } from './known';
import { CopyButton, KindDot, Name, Problem, Section } from './parts';
import { useAnswer } from './use-answer';
import type { SceneControl } from './use-scene';

type Entity = NonNullable<DetailsQuery['view']['entity']>;
type Relation = Entity['relations']['edges'][number];

/** How many facts are read at first. */
const FACTS = 200;

/** What is known of what is selected. */
export function Details({ control, picture, tick }: { control: SceneControl; picture: Picture; tick: number }) {
  const { scene } = control;
  const [one, other] = scene.selected;
  if (scene.isLink && one !== undefined && other !== undefined) return <LinkDetails control={control} one={one} other={other} tick={tick} />;
  if (scene.selected.length > 1) return <Several control={control} picture={picture} />;
  if (one !== undefined) return <EntityDetails key={one} control={control} entityKey={one} tick={tick} />;
  return <Overview control={control} picture={picture} />;
}

function Copies<Variables extends object>({ document, variables }: { document: TypedDocumentString<unknown, Variables>; variables: Variables }) {
  const { words } = useKnown();
  const written = async () => {
    const { plainQuery } = await import('../scene/query-text');
    return plainQuery(document.toString(), variables);
  };
  return (
    <div className="row">
      <CopyButton label={words.copyQuery} text={written} />
      <CopyButton label={words.copyCitation} text={async () => bibliography(await citations(document, variables))} />
      <button type="button" className="quiet" onClick={async () => location.assign(playgroundLink(await written()))}>
        {words.openInPlayground}
      </button>
    </div>
  );
}

function EntityDetails({ control, entityKey, tick }: { control: SceneControl; entityKey: string; tick: number }) {
  const known = useKnown();
  const { words, lang } = known;
  const { scene } = control;
  const [facts, setFacts] = useState(FACTS);
  const variables = { key: entityKey, facts, lang, ...narrowing(scene) };
  const asked = useAnswer([entityKey, facts, lang, scene.on, scene.knownAt, scene.confidence, tick], (signal) => ask(DetailsDocument, variables, signal));
  const entity = asked.data?.view.entity;
  if (asked.error) return <Problem error={asked.error} />;
  if (!asked.data) return <p className="muted">{words.loading}</p>;
  if (!entity) return <p className="muted">{words.noFacts}</p>;
  const disputed = new Set(asked.data.view.conflicts.flatMap((conflict) => conflict.statements.map((statement) => statement.key)));
  const metrics = [...new Set(entity.observations.nodes.map((figure) => figure.metric))];
  const otherLabels = entity.labels.filter(({ text }) => text !== entity.label);
  return (
    <article className="details">
      <header className="details-head">
        <KindDot kind={entity.kind} />
        <div>
          <h2>
            <Name longest={300}>{entity.label}</Name>
          </h2>
          <p className="muted">
            {known.kinds.get(entity.kind)?.label ?? entity.kind}
            {otherLabels.map(({ lang, text }) => (
              <span key={lang} lang={lang.toLowerCase()}>
                {' · '}
                <Name longest={120}>{text}</Name>
              </span>
            ))}
          </p>
        </div>
      </header>
      {entity.description && (
        <p>
          <Name longest={2000}>{entity.description}</Name>
        </p>
      )}
      {entity.aliases.length > 0 && (
        <p className="muted">
          {words.aliases}:{' '}
          {entity.aliases.map((alias, index) => (
            <span key={alias}>
              {index > 0 && ', '}
              <Name longest={120}>{alias}</Name>
            </span>
          ))}
        </p>
      )}
      {entity.properties.length > 0 && (
        <dl className="properties">
          {entity.properties.map(({ name, description, value }) => (
            <div key={name} title={description ?? undefined}>
              <dt>{spelled(name)}</dt>
              <dd>
                <Name longest={400}>{value}</Name>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <div className="row">
        <button type="button" className="quiet" onClick={() => control.change((scene) => startAt(scene, entityKey))}>
          {words.focus}
        </button>
        <button type="button" className="quiet" onClick={() => control.change((scene) => ({ ...scene, connect: [entityKey], panel: 'connect' }))}>
          {words.connectFrom}
        </button>
      </div>
      <Copies document={DetailsDocument} variables={variables} />
      {metrics.length > 0 && (
        <Section title={words.figures} aside={<small>{entity.observations.totalCount}</small>}>
          <Figures entity={entityKey} metrics={metrics} scene={scene} />
        </Section>
      )}
      <Section title={words.facts} aside={<small>{entity.relations.totalCount}</small>}>
        {entity.relations.edges.length === 0 && <p className="muted">{words.noFacts}</p>}
        <FactGroups control={control} entityKey={entityKey} relations={entity.relations.edges} disputed={disputed} />
        {entity.relations.totalCount > entity.relations.edges.length && (
          <button type="button" className="quiet" onClick={() => setFacts(10_000)}>
            {words.moreFacts(entity.relations.totalCount)}
          </button>
        )}
      </Section>
      <Section title={words.sources} aside={<small>{entity.sources.totalCount}</small>}>
        {entity.sources.nodes.map((source) => (
          <SourceLine key={source.key} source={source} />
        ))}
      </Section>
      <History entityKey={entityKey} tick={tick} />
    </article>
  );
}

/** The name of a field in words: `yearOfBirth` is "year of birth". */
function spelled(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').replaceAll('_', ' ').toLowerCase();
}

/** Facts grouped by predicate, and within it by what is at the other end: several sources may say one thing. */
function FactGroups(props: { control: SceneControl; entityKey: string; relations: readonly Relation[]; disputed: ReadonlySet<string> }) {
  const { control, entityKey, relations, disputed } = props;
  const known = useKnown();
  const groups = new Map<string, { predicate: string; isInverse: boolean; relations: Relation[] }>();
  for (const relation of relations) {
    const isInverse = relation.statement.subject.key !== entityKey;
    const name = `${relation.statement.predicate} ${isInverse}`;
    const group = groups.get(name) ?? { predicate: relation.statement.predicate, isInverse, relations: [] };
    group.relations.push(relation);
    groups.set(name, group);
  }
  return [...groups].map(([name, { predicate, isInverse, relations }]) => (
    <div key={name} className="facts">
      <h4 title={known.predicates.get(predicate)?.description ?? undefined}>{predicateLabel(known, predicate, isInverse)}</h4>
      <ul>
        {relations.map(({ node, statement }) => (
          <li key={statement.key}>
            <button type="button" className="entity-link" onClick={() => showEntity(control, node.key)}>
              <KindDot kind={node.kind} />
              <Name>{node.label}</Name>
            </button>
            <Qualifiers told={statement} isDisputed={disputed.has(statement.key)} />
            <SourcesButton references={statement.references} />
          </li>
        ))}
      </ul>
    </div>
  ));
}

/** Selects an entity; one that is not shown is brought in. */
function showEntity(control: SceneControl, key: string) {
  control.change((scene) => bring(scene, key));
}

function bring(scene: Scene, key: string): Scene {
  const isThere = scene.keys.includes(key) || scene.connect.length >= 2;
  const hidden = scene.hidden.filter((one) => one !== key);
  return { ...scene, keys: isThere ? scene.keys : [...scene.keys, key], hidden, selected: [key], isLink: false };
}

/** Everything that is said between two entities. */
function LinkDetails({ control, one, other, tick }: { control: SceneControl; one: string; other: string; tick: number }) {
  const { words, lang } = useKnown();
  const { scene } = control;
  const variables = { one: { key: { eq: one } }, other: { key: { eq: other } }, lang, ...narrowing(scene) };
  const asked = useAnswer([one, other, lang, scene.on, scene.knownAt, scene.confidence, tick], (signal) => ask(BetweenDocument, variables, signal), true);
  if (asked.error) return <Problem error={asked.error} />;
  if (!asked.data) return <p className="muted">{words.loading}</p>;
  return (
    <article className="details">
      <TellStatements control={control} statements={asked.data.view.statements.nodes} isOpen />
      <Copies document={BetweenDocument} variables={variables} />
    </article>
  );
}

/** Statements as sentences, with what qualifies them and who says so. */
export function TellStatements({ control, statements, isOpen }: { control: SceneControl; statements: readonly Told[]; isOpen?: boolean }) {
  const known = useKnown();
  return (
    <ul className="told">
      {statements.map((told) => (
        <li key={told.key}>
          <p>
            <Name longest={400}>{told.sentence}</Name>
          </p>
          {isOpen && (
            <p className="muted">
              <button type="button" className="entity-link" onClick={() => control.selectKeys([told.subject.key])}>
                <Name>{told.subject.label}</Name>
              </button>{' '}
              {predicateLabel(known, told.predicate)}{' '}
              <button type="button" className="entity-link" onClick={() => control.selectKeys([told.object.key])}>
                <Name>{told.object.label}</Name>
              </button>
            </p>
          )}
          <Qualifiers told={told} />
          <SourcesButton references={told.references} />
          {isOpen && <CopyButton label={known.words.copyLink} text={told.address} />}
        </li>
      ))}
    </ul>
  );
}

function Several({ control, picture }: { control: SceneControl; picture: Picture }) {
  const { words } = useKnown();
  const { scene } = control;
  return (
    <article className="details">
      <h2>{words.mentions(scene.selected.length)}</h2>
      <ul className="plain">
        {scene.selected.slice(0, 200).map((key) => {
          const shown = picture.entities.get(key);
          return (
            <li key={key}>
              <button type="button" className="entity-link" onClick={() => control.selectKeys([key])}>
                {shown && <KindDot kind={shown.kind} />}
                <Name>{shown?.label ?? key}</Name>
              </button>
            </li>
          );
        })}
      </ul>
    </article>
  );
}

/** What is shown, if nothing is selected: the largest first. */
function Overview({ control, picture }: { control: SceneControl; picture: Picture }) {
  const known = useKnown();
  const { words } = known;
  const most = [...picture.entities.values()].sort((one, other) => other.measure - one.measure).slice(0, 12);
  return (
    <article className="details">
      <h2>{known.title}</h2>
      <p className="muted">{words.nothingSelected}</p>
      {most.length > 0 && (
        <Section title={words.overview}>
          <ul className="plain">
            {most.map((shown) => (
              <li key={shown.key}>
                <button type="button" className="entity-link" onClick={() => control.selectKeys([shown.key])}>
                  <KindDot kind={shown.kind} />
                  <Name>{shown.label}</Name>
                </button>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </article>
  );
}

/** Who changed it, and why; read when it is opened, as the whole log is read for it. */
function History({ entityKey, tick }: { entityKey: string; tick: number }) {
  const { words } = useKnown();
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="section">
      <header>
        <h3>{words.history}</h3>
        <button type="button" className="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {words.historyHint}
        </button>
      </header>
      {isOpen && <Changes entityKey={entityKey} tick={tick} />}
    </section>
  );
}

function Changes({ entityKey, tick }: { entityKey: string; tick: number }) {
  const { words, tongue } = useKnown();
  const asked = useAnswer([entityKey, tick], (signal) => ask(HistoryDocument, { key: entityKey, table: 'ENTITIES' }, signal));
  // A graph that keeps nothing says so.
  if (asked.error) return <p className="muted">{asked.error.message}</p>;
  if (!asked.data) return <p className="muted">{words.loading}</p>;
  const when = new Intl.DateTimeFormat(tongue, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <ol className="history">
      {[...asked.data.history].reverse().map((change) => (
        <li key={change.revision}>
          <time dateTime={change.recordedAt}>{when.format(new Date(change.recordedAt))}</time> · {words.revision(change.revision)} ·{' '}
          {words.operations[change.operation]}
          <p>
            <strong>
              <Name longest={80}>{change.author}</Name>
            </strong>
            : <Name longest={300}>{change.message}</Name>
          </p>
          <dl>
            {change.columns.map(({ column, before, after }) => (
              <div key={column}>
                <dt>{column}</dt>
                <dd>
                  {before !== null && (
                    <del aria-label={words.before}>
                      <Name>{before}</Name>
                    </del>
                  )}{' '}
                  {after !== null && (
                    <ins aria-label={words.after}>
                      <Name>{after}</Name>
                    </ins>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ol>
  );
}
