// Subscriptions as frontends take them: the clients graphql-ws and graphql-sse, each to its own taste.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import WebSocket from 'ws';
import { askOf, startServer } from './server.mjs';

let server;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'westlake-'));
  server = await startServer('--data', folder);
});

after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (query, variables) => askOf(server, query, variables);

async function put(key, label) {
  const query = `mutation($input: CommitInput!) { commit(input: $input) { revision } }`;
  const labels = [{ lang: 'EN', text: label }];
  const input = { author: 'ada', message: `Put ${key}`, changes: [{ putEntity: { key, kind: 'DISTRICT', labels } }] };
  return (await ask(query, { input })).commit.revision;
}

const CLIENTS = {
  'graphql-ws': () =>
    createWsClient({ url: `${server.address.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 }),
  'graphql-sse': () => createSseClient({ url: `${server.address}/graphql`, retryAttempts: 0 }),
};

const CHANGES = `subscription($keys: [String!], $since: Int) {
  changes(keys: $keys, since: $since) { revision author message operation key object { ... on Entity { label } } columns { column before after } }
}`;

/** Takes so many answers of a subscription, then leaves it. */
async function take(subscription, count) {
  const taken = [];
  for await (const answer of subscription) {
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    taken.push(answer.data);
    if (taken.length === count) break;
  }
  return taken;
}

for (const [name, create] of Object.entries(CLIENTS)) {
  test(`${name} follows changes, each once and in order, and goes on after a lost connection`, async () => {
    const client = create();
    const keys = [`${name}-a`, `${name}-b`];
    const since = (await ask('{ graph { revision } }')).graph.revision;
    const following = take(client.iterate({ query: CHANGES, variables: { keys, since } }), 3);
    await put(keys[0], 'One');
    await put(`${name}-other`, 'Not asked for');
    await put(keys[0], 'Two');
    const last = await put(keys[1], 'Three');
    const seen = (await following).map((data) => data.changes);
    assert.deepEqual(
      seen.map((change) => [change.key, change.operation, change.author]),
      [[keys[0], 'PUT', 'ada'], [keys[0], 'PUT', 'ada'], [keys[1], 'PUT', 'ada']],
    );
    assert.deepEqual(seen[1].columns, [{ column: 'label_en', before: 'One', after: 'Two' }]);
    assert.equal(seen[2].revision, last);
    await put(keys[0], 'Four, while nobody listened');
    await put(keys[1], 'Five');
    const again = await take(client.iterate({ query: CHANGES, variables: { keys, since: last } }), 2);
    assert.deepEqual(again.map((data) => data.changes.object.label), ['Four, while nobody listened', 'Five']);
    client.dispose();
  });

  test(`${name} sees an entity live`, async () => {
    const client = create();
    const key = `${name}-live`;
    const query = `subscription { entity(key: "${key}") { label relations { totalCount } } }`;
    const subscription = client.iterate({ query });
    const first = subscription.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await put(key, 'Here');
    assert.equal((await first).value.data.entity.label, 'Here');
    await ask(`mutation { commit(input: { author: "a", message: "b", changes: [{ putStatement: {
      key: "${key}-s", subject: "${key}", predicate: LOCATED_IN, object: "hangzhou", references: [{ source: "cfo-2024" }] } }] }) { revision } }`);
    assert.equal((await subscription.next()).value.data.entity.relations.totalCount, 1);
    await ask(`mutation { commit(input: { author: "a", message: "b", changes: [{ retractStatement: "${key}-s" }, { retractEntity: "${key}" }] }) { revision } }`);
    assert.equal((await subscription.next()).done, true);
    client.dispose();
  });

  test(`${name} is told what is wrong`, async () => {
    const client = create();
    const answers = [];
    try {
      for await (const answer of client.iterate({ query: 'subscription { changes(since: 99999) { revision } }' })) answers.push(answer);
    } catch (error) {
      answers.push({ errors: Array.isArray(error) ? error : [error] });
    }
    assert.match(answers[0].errors[0].message, /`since` is 99999/);
    client.dispose();
  });
}
