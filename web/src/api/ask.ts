import type { TypedDocumentString } from '../queries/typed';

/** What the API says is wrong with a request. */
export class Refused extends Error {}

/** The server does not answer. */
export class Unreachable extends Error {}

/** A source as CSL-JSON has it (https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html). */
export interface CslItem {
  id: string;
  title?: string;
  publisher?: string;
  'container-title'?: string;
  URL?: string;
  issued?: { 'date-parts'?: number[][] };
}

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string }[];
  extensions?: { citations?: CslItem[] };
}

async function post<Data>(body: object, signal?: AbortSignal): Promise<Answer<Data>> {
  let response: Response;
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
      },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable('The server does not answer');
  }
  let answer: Answer<Data>;
  try {
    answer = (await response.json()) as Answer<Data>;
  } catch {
    throw new Unreachable(`The server answered ${response.status} ${response.statusText}`);
  }
  if (!answer.data || answer.errors?.length) {
    throw new Refused(answer.errors?.map((error) => error.message).join('; ') ?? response.statusText);
  }
  return answer;
}

/** Asks the API a typed query. Throws `Refused`, `Unreachable`, or that the signal was raised. */
export async function ask<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const answer = await post<Data>({ query: document.toString(), variables }, signal);
  return answer.data as Data;
}

/** The sources of the facts that a query's answer uses. */
export async function citations<Variables>(
  document: TypedDocumentString<unknown, Variables>,
  variables: Variables,
): Promise<CslItem[]> {
  const body = { query: document.toString(), variables, extensions: { citations: true } };
  return (await post(body)).extensions?.citations ?? [];
}
