import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { createContext, useContext } from 'react';
import { en, type Words } from '../words/en';
import type { ExamplesQuery } from '../queries/typed';

/** What the data set is called, and its examples. */
export type Introduction = ExamplesQuery['graph'];
export type Example = Introduction['examples'][number];

/** What the parts of the playground share. */
export interface Shared {
  loaded: Introduction | undefined;
  problem: string | undefined;
  words: Words;
  /** The key of an entity to make examples with. */
  start: string | undefined;
}

export const IntroductionContext = createContext<Shared>({ loaded: undefined, problem: undefined, words: en, start: undefined });

export function useIntroduction(): Shared {
  return useContext(IntroductionContext);
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 5h12M4 10h12M4 15h7" strokeLinecap="round" />
      <path d="M14.5 13l3.5 2.2-3.5 2.2z" fill="currentColor" />
    </svg>
  );
}

/** Opens an example in a tab of its own; nothing as long as the editors load, as it would be lost. */
export function useOpen(): ((example: Example) => void) | undefined {
  const { addTab, updateActiveTabValues } = useGraphiQLActions();
  const editors = useGraphiQL((state) => ({
    query: state.queryEditor,
    variables: state.variableEditor,
  }));
  if (!editors.query || !editors.variables) return undefined;
  return (example) => {
    const variables = example.variables ?? '';
    addTab();
    updateActiveTabValues({ query: example.query, variables });
    editors.query?.setValue(example.query);
    editors.variables?.setValue(variables);
    editors.query?.focus();
  };
}

/** Examples by topic, in the order in which the data set has them. */
function byTopic(examples: readonly Example[]): Map<string, Example[]> {
  const topics = new Map<string, Example[]>();
  for (const example of examples) {
    const topic = example.topic ?? '';
    topics.set(topic, [...(topics.get(topic) ?? []), example]);
  }
  return topics;
}

function Examples() {
  const { loaded, problem, words } = useIntroduction();
  const open = useOpen();
  return (
    <section className="examples" aria-label={words.examples}>
      <h2>{words.examples}</h2>
      {problem && <p role="alert">{problem}</p>}
      {loaded?.examples.length === 0 && <p>{words.noExamples}</p>}
      {[...byTopic(loaded?.examples ?? [])].map(([topic, examples]) => (
        <section key={topic}>
          {topic && <h3>{topic}</h3>}
          <ol>
            {examples.map((example) => (
              <li key={example.title}>
                <button type="button" disabled={!open} onClick={() => open?.(example)}>
                  <strong>{example.title}</strong>
                  {example.description && <span>{example.description}</span>}
                </button>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </section>
  );
}

export const EXAMPLES_PLUGIN: GraphiQLPlugin = {
  title: 'Examples',
  icon: ExamplesIcon,
  content: Examples,
};
