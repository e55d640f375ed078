import { readFile } from 'node:fs/promises';
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type GraphQLSchema, isObjectType, Kind, parse, validate } from 'graphql';
import { compose, CompositionError } from '../src/compose.js';
import { buildContract } from '../src/registry/contract.js';
import { localUrl, subgraphs } from '../src/services.js';

const federation = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@inaccessible", "@shareable"])`;

const people = subgraph(
  'people',
  `type Query { me: Person principal: Principal @inaccessible }
   type Principal @inaccessible { id: ID! }
   type Person @key(fields: "id") { id: ID! name: String }`,
);

const plays = subgraph(
  'plays',
  `type Query { plays: [Play!]! }
   type Play { title: String! author: Person }
   type Person @key(fields: "id", resolvable: false) { id: ID! }`,
);

describe('composition', () => {
  test('writes the address and the fields of each subgraph to the supergraph', () => {
    const { supergraph } = compose([people, plays]);
    expect(supergraph).toContain('PEOPLE @join__graph(name: "people", url: "http://localhost/people")');
    expect(supergraph).toContain('name: String @join__field(graph: PEOPLE)');
  });

  test("removes inaccessible elements and federation's own names from the public schema", () => {
    const { api } = compose([people, plays]);
    expect(api).toContain('type Play');
    expect(api).not.toMatch(/principal|join__|link__|@key|_entities/i);
  });

  test('does not depend on the order of the subgraphs', () => {
    expect(compose([plays, people])).toEqual(compose([people, plays]));
  });

  test('reports every contradiction with its code and coordinate', () => {
    const other = subgraph('other', 'type Query { me: Int }  type Person @key(fields: "id") { id: ID! name: Int }');
    expect([...problems([people, other])].sort()).toEqual([
      expect.stringMatching(/^FIELD_TYPE_MISMATCH: .*"Person.name"/),
      expect.stringMatching(/^FIELD_TYPE_MISMATCH: .*"Query.me"/),
      expect.stringMatching(/^INVALID_FIELD_SHARING: .*"Person.name"/),
      expect.stringMatching(/^INVALID_FIELD_SHARING: .*"Query.me"/),
    ]);
  });

  test('reports an entity whose fields cannot be resolved', () => {
    const stranger = subgraph('stranger', 'type Query { odd: Odd } type Odd @key(fields: "id") { id: ID! }');
    const owner = subgraph(
      'owner',
      'type Query { x: Int } type Odd @key(fields: "id", resolvable: false) { id: ID! name: String }',
    );
    expect(problems([stranger, owner])).toContainEqual(expect.stringContaining('SATISFIABILITY_ERROR'));
  });

  test('returns relevant hints, and no debug hints', () => {
    const again = subgraph('again', '"Somebody else" type Person @key(fields: "id") { id: ID! }');
    const documented = { ...people, sdl: people.sdl.replace('type Person', '"Somebody" type Person') };
    const { hints } = compose([documented, plays, again]);
    expect(hints).toEqual([expect.stringContaining('INCONSISTENT_DESCRIPTION')]);
  });
});

describe('The partner contract', () => {
  const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');
  let api: GraphQLSchema;
  let tagged: string[];

  beforeAll(async () => {
    const sdls = await Promise.all(subgraphs.map(async ({ name }) => read(`subgraphs/${name}.graphql`)));
    const published = subgraphs.map((one, index) => ({ name: one.name, url: localUrl(one), sdl: sdls[index] ?? '' }));
    const contract = buildContract(compose(published).supergraph, 'partner') ?? '';
    const supergraph = Supergraph.build(contract, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
    api = supergraph.apiSchema().toGraphQLJSSchema();
    tagged = sdls.flatMap(taggedFields);
  });

  test('contains exactly the tagged fields', () => {
    const objects = Object.values(api.getTypeMap()).filter((type) => isObjectType(type));
    const own = objects.filter(({ name }) => !name.startsWith('__'));
    const fields = own.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
    expect(fields.toSorted()).toEqual([...new Set(tagged)].toSorted());
    expect(fields).not.toEqual([]);
  });

  test('contains the mutations of webhooks, no subscription, and only public fields of users', () => {
    expect(Object.keys(api.getMutationType()?.getFields() ?? {}).filter((name) => !/Webhook/.test(name))).toEqual([]);
    expect(api.getSubscriptionType()).toBeUndefined();
    expect(tagged.filter((field) => field.startsWith('User.'))).toEqual([
      'User.handle',
      'User.displayName',
      'User.avatar',
    ]);
  });

  test('contains the operations of the partner examples', async () => {
    expect(validate(api, parse(await read('../examples/partner.graphql')))).toEqual([]);
  });
});

function subgraph(name: string, types: string) {
  return { name, url: `http://localhost/${name}`, sdl: `${federation}\n${types}` };
}

function problems(subgraphs: Parameters<typeof compose>[0]): readonly string[] {
  try {
    compose(subgraphs);
    return [];
  } catch (failure) {
    if (failure instanceof CompositionError) return failure.problems;
    throw failure;
  }
}

/** The tagged fields of an SDL, as `Type.field`. */
function taggedFields(sdl: string): string[] {
  return parse(sdl).definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION
      ? (type.fields ?? [])
          .filter(({ directives = [] }) => directives.some(({ name }) => name.value === 'tag'))
          .map((field) => `${type.name.value}.${field.name.value}`)
      : [],
  );
}
