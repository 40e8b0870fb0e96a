// The audits of the GraphQL over HTTP draft, as graphql-http has them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditServer } from 'graphql-http';
import { startServer } from './server.mjs';

let server;

before(async () => {
  server = await startServer();
});

after(async () => {
  await server?.stop();
});

test('every audit of GraphQL over HTTP is met', async () => {
  const results = await auditServer({ url: `${server.address}/graphql` });
  const failed = results.filter((result) => result.status !== 'ok');
  assert.deepEqual(
    failed.map((result) => `${result.status} ${result.id} ${result.name}: ${result.reason}`),
    [],
  );
  assert.ok(results.length > 50, `${results.length} audits`);
});
