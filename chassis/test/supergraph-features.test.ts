import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { unsupportedFeatures } from '../src/graphql/supergraph-features.js';

const graphs = `enum join__Graph { A @join__graph(name: "a", url: "http://a") B @join__graph(name: "b-b", url: "http://b") }`;

function featuresOf(links: string, rest = ''): string[] {
  return unsupportedFeatures(parse(`schema ${links} { query: Query } type Query { a: Int } ${graphs} ${rest}`));
}

function link(feature: string, purpose?: string): string {
  return `@link(url: "https://specs.apollo.dev/${feature}"${purpose === undefined ? '' : `, for: ${purpose}`})`;
}

const connectors = `@join__directive(graphs: [A, B], name: "link", args: { url: "https://specs.apollo.dev/connect/v0.2" })`;

describe('a supergraph', () => {
  test.each([
    'join/v0.5',
    'tag/v0.3',
    'inaccessible/v0.2',
    'authenticated/v0.1',
    'requiresScopes/v0.1',
    'policy/v0.1',
    'context/v0.1',
    'cost/v0.1',
  ])('may need %s', (feature) => {
    expect(featuresOf(link(feature, 'EXECUTION'))).toEqual([]);
  });

  test('may have any feature that concerns neither execution nor security', () => {
    expect(featuresOf('@link(url: "https://marquee.example/live/v1.0", import: ["@resumable"])')).toEqual([]);
  });

  test.each(['EXECUTION', 'SECURITY'])(
    'is refused for an unknown feature for: %s, by its name and version',
    (purpose) => {
      expect(featuresOf(`@link(url: "https://a.test/rate/v2.1", for: ${purpose})`)).toEqual([
        'the feature rate v2.1 (https://a.test/rate/v2.1) is not supported',
      ]);
    },
  );

  test('is refused for an unknown version of a known feature, with the versions that are supported', () => {
    expect(featuresOf(link('inaccessible/v0.9', 'SECURITY'))).toEqual([
      'the feature inaccessible v0.9 (https://specs.apollo.dev/inaccessible/v0.9) is not supported; supported: v0.1, v0.2',
    ]);
  });

  test('of the former core specification is checked too', () => {
    expect(featuresOf('@core(feature: "https://specs.apollo.dev/other/v0.1", for: SECURITY)')).toHaveLength(1);
  });

  test('is refused for a link of a schema extension', () => {
    expect(featuresOf('', `extend schema ${link('connect/v0.3', 'EXECUTION')}`)).toHaveLength(1);
  });
});

describe('a supergraph with connectors', () => {
  test('is refused once, with the version and the subgraphs that use them', () => {
    const source = '@join__directive(graphs: [A], name: "source", args: { name: "v2" })';
    expect(featuresOf(`${link('connect/v0.3', 'EXECUTION')} ${connectors} ${source}`)).toEqual([
      'the feature connect v0.2 (https://specs.apollo.dev/connect/v0.2) in the subgraphs "a", "b-b" is not supported',
    ]);
  });

  test('is refused without a link at the supergraph', () => {
    expect(featuresOf(connectors)).toEqual([expect.stringContaining('connect v0.2')]);
  });

  test('is refused without any link', () => {
    const type =
      'type Post @join__directive(graphs: [B], name: "connect") { id: ID @join__directive(graphs: [B], name: "connect") }';
    expect(featuresOf('', type)).toEqual(['the directive @connect in the subgraph "b-b" is not supported']);
  });
});
