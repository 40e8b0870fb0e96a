import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { ask } from '../api/ask';
import { ExamplesDocument, type ExamplesQuery } from '../queries/typed';

/** What the data set is called, and its examples. */
export type Introduction = ExamplesQuery['graph'];
export type Example = Introduction['examples'][number];

export async function introduction(): Promise<Introduction> {
  return (await ask(ExamplesDocument, {})).graph;
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 5h12M4 10h12M4 15h7" strokeLinecap="round" />
      <path d="M14.5 13l3.5 2.2-3.5 2.2z" fill="currentColor" />
    </svg>
  );
}

function Examples() {
  const [loaded, setLoaded] = useState<Introduction>();
  const [problem, setProblem] = useState<string>();
  const { addTab, updateActiveTabValues } = useGraphiQLActions();
  const editors = useGraphiQL((state) => ({
    query: state.queryEditor,
    variables: state.variableEditor,
  }));
  // The editors load after the page; an example chosen before would be lost.
  const isReady = Boolean(editors.query && editors.variables);
  useEffect(() => {
    introduction().then(setLoaded, (error: unknown) => setProblem(String(error)));
  }, []);

  function open(example: Example) {
    const variables = example.variables ?? '';
    addTab();
    updateActiveTabValues({ query: example.query, variables });
    editors.query?.setValue(example.query);
    editors.variables?.setValue(variables);
    editors.query?.focus();
  }

  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      {problem && <p role="alert">The examples could not be loaded: {problem}</p>}
      {loaded?.examples.length === 0 && <p>This data set has no examples.</p>}
      <ol>
        {loaded?.examples.map((example) => (
          <li key={example.title}>
            <button type="button" disabled={!isReady} onClick={() => open(example)}>
              <strong>{example.title}</strong>
              {example.description && <span>{example.description}</span>}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

export const EXAMPLES_PLUGIN: GraphiQLPlugin = {
  title: 'Examples',
  icon: ExamplesIcon,
  content: Examples,
};
