/** Sends a query to the API and returns its data; throws what the API says is wrong. */
export async function ask<Data>(query: string, variables?: object): Promise<Data> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
    },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as { data?: Data; errors?: { message: string }[] };
  if (!answer.data) {
    throw new Error(answer.errors?.map((error) => error.message).join('; ') ?? response.statusText);
  }
  return answer.data;
}
