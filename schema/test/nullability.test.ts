import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { nullabilityFaults } from '../src/nullability.js';
import { subgraphs } from '../src/services.js';

const stub = 'type Person @key(fields: "id") { id: ID! plays: [Play!] }';
const play = '"A play." type Play @key(fields: "id") { id: ID! title: String! author: Person cast: [Person]! }';
const query = 'type Query { play: Play }';

describe('Nullability', () => {
  test('of the committed schemas lets each service answer without the others', async () => {
    const read = (name: string) => readFile(new URL(`../subgraphs/${name}.graphql`, import.meta.url), 'utf8');
    const printed = subgraphs.map(async ({ name }) => ({ name, url: '', sdl: await read(name) }));
    expect(nullabilityFaults(await Promise.all(printed))).toEqual([]);
  });

  test('allows non-null fields of own rows, keys, and lists of nullable references', () => {
    expect(faults(query, play, stub)).toEqual([]);
  });

  test.each([
    ['root fields', 'Query.play is a root field', 'type Query { play: Play! }', play, stub],
    ['root fields of mutations', 'Mutation.act is a root field', query, play, stub, 'type Mutation { act: Int! }'],
    [
      'root fields of subscriptions',
      'Subscription.live is a root field',
      query,
      play,
      stub,
      'type Subscription { live: Int! }',
    ],
    [
      'references to entities of other services',
      'Play.author returns Person, which another service owns',
      query,
      play.replace('author: Person', 'author: Person!'),
      stub,
    ],
    [
      'entries of lists of such references',
      'Play.cast returns Person, which another service owns',
      query,
      play.replace('[Person]', '[Person!]'),
      stub,
    ],
    [
      'unions that contain such an entity',
      'Role.actor returns Actor, which another service owns',
      query,
      play,
      stub,
      'union Actor = Play | Person  type Role { actor: Actor! }',
    ],
    [
      'fields added to entities of other services',
      'Person.plays is added to Person, which another service owns',
      query,
      play,
      stub.replace('[Play!]', '[Play!]!'),
    ],
    [
      'restricted fields of entities',
      'Play.title is restricted to some callers',
      query,
      play.replace('title: String!', 'title: String! @policy(policies: [["user"]])'),
      stub,
    ],
  ])('requires nullable %s', (_, fault, ...sdl) => {
    expect(faults(...sdl)).toEqual([`plays: ${fault}`]);
  });
});

function faults(...sdl: string[]): string[] {
  return nullabilityFaults([{ name: 'plays', url: '', sdl: sdl.join('\n') }]);
}
