import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { redisLimits } from '@marquee/chassis/bus/redis-connection';
import { maxWaitMs } from '@marquee/chassis/caching/cache-invalidator';
import { secretLimits } from '@marquee/chassis/config/secrets-manager';
import { requestLimits } from '@marquee/chassis/dynamodb/store-failures';
import { connectMs, maxLifetimeSeconds, newPasswordMs } from '@marquee/chassis/postgres/connection-pool';
import { cancelGraceMs } from '@marquee/chassis/postgres/run-statement';
import { answerMs } from '../src/admission/rates/token-buckets.js';
import { fetchIntervalMs, fetchTimeoutMs } from '../src/identity/issuer-keys.js';
import { attemptLimits } from '../src/supergraph/s3-client.js';
import { readTimeoutMs } from '../src/supergraph/s3-source.js';

const readme = readFileSync(new URL('../../chassis/README.md', import.meta.url), 'utf8');
const section = readme.split('## Time limits of stores and services')[1]?.split('\n## ')[0] ?? '';

/** The cells of each row: opening a connection, an answer, retries. */
const rows = new Map(
  section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, client = '', ...cells]) => [client, cells]),
);

const { requestHandler: attempt } = attemptLimits;
const { requestHandler: request } = requestLimits;
const retries = ['none', 'one', 'two'];

test.each<[client: string, connect: string, answer: string, retry: string]>([
  ['Postgres', seconds(connectMs), `else after ${seconds(cancelGraceMs)} the connection closes`, 'one, for reads'],
  [
    'DynamoDB',
    seconds(request.connectionTimeout),
    `${seconds(request.requestTimeout)} for each attempt`,
    String(retries[requestLimits.maxAttempts - 1]),
  ],
  [
    'S3: registry of supergraphs',
    seconds(attempt.connectionTimeout),
    `${seconds(attempt.requestTimeout)} for each attempt, ${seconds(readTimeoutMs)} in total`,
    String(retries[attemptLimits.maxAttempts - 1]),
  ],
  [
    'Redis',
    seconds(redisLimits.connectMs),
    `${seconds(redisLimits.answerMs)} for each command, and for each ping every ${seconds(redisLimits.pingIntervalMs)}`,
    'none',
  ],
  ['Redis', '', `rate limits ${answerMs} ms`, ''],
  ['Redis', '', `an invalidation ${maxWaitMs} ms`, ''],
  [
    'JWKS of the issuer',
    `${seconds(fetchTimeoutMs)} in total`,
    seconds(fetchTimeoutMs),
    `at most one fetch every ${seconds(fetchIntervalMs)}`,
  ],
  [
    'AWS Secrets Manager',
    `${seconds(secretLimits.answerMs)} in total`,
    seconds(secretLimits.answerMs),
    String(retries[secretLimits.maxAttempts - 1]),
  ],
])('the table of time limits has those of the code: %s', (client, ...expected) => {
  const cells = rows.get(client) ?? [];
  for (const [column, text] of expected.entries()) expect(cells[column]).toContain(text);
});

test('the notes below the table have the times of the code', () => {
  const notes = section.replaceAll(/\s+/g, ' ');
  expect(notes).toContain(`Connections to Postgres are replaced after ${maxLifetimeSeconds / 60} minutes`);
  expect(notes).toContain(`an attempt to connect is repeated for up to ${seconds(newPasswordMs)}`);
});

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
