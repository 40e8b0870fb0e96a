import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const BINARY = process.env.WESTLAKE_BIN ?? '../target/debug/westlake';

/** Starts the server on a free port of the loopback, if none is given; `stop` ends this very process. */
export async function startServer(...more) {
  const listen = more.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const child = spawn(BINARY, ['serve', ...listen, '--log', 'warn', ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code} before it listened`);
  });
  const listening = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const address = line.match(/API\s+(http:\S+)\/graphql/)?.[1];
      if (address) return address;
    }
    throw new Error('the server said no address');
  })();
  const address = await Promise.race([listening, failed]);
  failed.catch(() => {});
  return {
    address,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Asks a server's API; fails on errors. */
export async function askOf(server, query, variables) {
  const response = await fetch(`${server.address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data;
}
