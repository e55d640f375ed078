import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { describe, expect, test } from '@jest/globals';
import { cacheControlDirective } from '@marquee/chassis/graphql/cache-hints';
import { findDirective } from '@marquee/chassis/graphql/directives';
import { buildASTSchema, type GraphQLObjectType, parse } from 'graphql';
import { compose } from '../src/compose.js';

const federation =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable", "@external", "@requires", "@composeDirective", "@cacheTag"])';

/** Subgraphs that compose the directive, as those of the chassis do. */
function subgraph(name: string, sdl: string) {
  return { name, url: `http://${name}`, sdl: `${federation}\n${cacheControlDirective}\n${sdl}` };
}

/** Subgraphs that only define it, as Apollo Server requires. */
function apolloSubgraph(name: string, sdl: string) {
  const defined = `enum CacheControlScope { PUBLIC PRIVATE }
    directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean)
      on FIELD_DEFINITION | OBJECT | INTERFACE | UNION`;
  return { name, url: `http://${name}`, sdl: `${federation}\n${defined}\n${sdl}` };
}

/** The hint of a type or a field in the supergraph, after the gateway's library has read it. */
function hintAt(supergraph: string, type: string, field?: string) {
  Supergraph.build(supergraph, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES }).apiSchema();
  const found = buildASTSchema(parse(supergraph), { assumeValid: true }).getType(type) as GraphQLObjectType;
  return findDirective(field === undefined ? found : found.getFields()[field], 'cacheControl');
}

const books =
  'type Query { book: Book @cacheControl(maxAge: 60) } type Book @key(fields: "id") @cacheControl(maxAge: 60)';

describe('@cacheControl and @cacheTag', () => {
  test('are in the supergraph and not in the API schema', () => {
    const { supergraph, api } = compose([
      subgraph('books', `${books} @cacheTag(format: "book-{$key.id}") { id: ID! title: String }`),
    ]);
    expect(hintAt(supergraph, 'Book')).toEqual({ maxAge: 60 });
    expect(supergraph).toContain('name: "federation__cacheTag", args: {format: "book-{$key.id}"}');
    expect(api).not.toMatch(/cache/i);
  });

  test('do not cover fields of a subgraph without a hint for the type', () => {
    const { supergraph } = compose([
      subgraph('books', `${books} { id: ID! title: String }`),
      subgraph(
        'users',
        'type Book @key(fields: "id") { id: ID! isMine: Boolean mood: Mood owner: User shared: Int @cacheControl(maxAge: 5) } enum Mood { GOOD } type User { name: String }',
      ),
    ]);
    expect(['isMine', 'mood'].map((field) => hintAt(supergraph, 'Book', field))).toEqual([
      { maxAge: 0 },
      { maxAge: 0 },
    ]);
    expect(['id', 'title', 'owner'].map((field) => hintAt(supergraph, 'Book', field))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(hintAt(supergraph, 'Book', 'shared')).toEqual({ maxAge: 5 });
  });

  test('cover fields that are external in the subgraph without a hint', () => {
    const { supergraph } = compose([
      subgraph('books', `${books} { id: ID! title: String }`),
      subgraph(
        'sales',
        'type Book @key(fields: "id") { id: ID! title: String @external label: String @requires(fields: "title") }',
      ),
    ]);
    expect(hintAt(supergraph, 'Book', 'title')).toBeUndefined();
    expect(hintAt(supergraph, 'Book', 'label')).toEqual({ maxAge: 0 });
  });

  test('take the most restrictive hint of several subgraphs, in any order', () => {
    const first = subgraph('a', `${books} { id: ID! title: String @shareable @cacheControl(maxAge: 20) }`);
    const second = subgraph(
      'b',
      'type Book @key(fields: "id") @cacheControl(maxAge: 90, scope: PRIVATE) { id: ID! title: String @shareable @cacheControl(maxAge: 10) }',
    );
    for (const { supergraph } of [compose([first, second]), compose([second, first])]) {
      expect(hintAt(supergraph, 'Book')).toEqual({ maxAge: 60, scope: 'PRIVATE' });
      expect(hintAt(supergraph, 'Book', 'title')).toEqual({ maxAge: 10 });
    }
  });

  test('are kept for subgraphs that define the directive without composing it', () => {
    const { supergraph, api } = compose([
      apolloSubgraph('books', `${books} { id: ID! title: String @cacheControl(scope: PRIVATE) }`),
    ]);
    expect(hintAt(supergraph, 'Query', 'book')).toEqual({ maxAge: 60 });
    expect(hintAt(supergraph, 'Book', 'title')).toEqual({ scope: 'PRIVATE' });
    expect(api).not.toContain('@cacheControl');
  });

  test('leave a supergraph unchanged that has the right hints', () => {
    const { supergraph } = compose([subgraph('books', `${books} { id: ID! title: String }`)]);
    expect(supergraph).toMatch(/^schema\n {2}@link/);
    expect(supergraph).toContain('type Book\n  @join__type(graph: BOOKS, key: "id")\n  @cacheControl(maxAge: 60)\n{');
  });
});
