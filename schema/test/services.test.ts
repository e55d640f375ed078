import { readdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { parseManifest, subgraphs } from '../src/services.js';

const users = { name: 'users', portOffset: 1, store: 'postgres', media: 'stores' };

describe('the manifest of services', () => {
  test('has an entry for each folder in subgraphs/', async () => {
    const entries = await readdir(new URL('../../subgraphs', import.meta.url), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(subgraphs.map(({ name }) => name).sort()).toEqual(folders.sort());
  });

  test.each([
    ['a name that is not a host name', { ...users, name: 'My users' }, 'must be lower-case letters and digits'],
    ['an unknown store', { ...users, store: 'redis' }, 'store'],
    ['a port of the stores', { ...users, portOffset: 20 }, 'portOffset'],
    ['an unknown field', { ...users, ports: 1 }, 'ports'],
    ['a time to live without DynamoDB', { ...users, timeToLive: 'expiresAt' }, 'timeToLive needs dynamodb'],
  ])('rejects %s', (_, entry, message) => {
    expect(() => parseManifest(JSON.stringify([entry]))).toThrow(message);
  });

  test('rejects duplicate names and ports, and a second service that stores media', () => {
    const parse = () => parseManifest(JSON.stringify([users, users]));
    expect(parse).toThrow('each name may appear once');
    expect(parse).toThrow('each portOffset may appear once');
    expect(parse).toThrow('one service must store media');
  });
});
