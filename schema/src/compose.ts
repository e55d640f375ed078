import { composeServices } from '@apollo/composition';
import { withIncrementalDirectives } from '@marquee/chassis/graphql/incremental-schema';
import { unsupportedFeatures } from '@marquee/chassis/graphql/supergraph-features';
import { parse, printSchema } from 'graphql';
import { combineCacheControl } from './cache-control.js';
import { withNodeSubgraph } from './node-subgraph.js';
import { findOneOfInputs, markOneOf, restoreOneOf, withoutOneOf } from './one-of.js';

/** A subgraph as the input of composition. */
export interface SubgraphSdl {
  name: string;
  url: string;
  sdl: string;
}

export interface Composed {
  /** The supergraph, from which the gateway plans. */
  supergraph: string;
  /** The public schema, with the fields in the order of their services. */
  api: string;
  /** The composition hints above the debug level. */
  hints: string[];
}

/**
 * Thrown when subgraphs contradict each other, or use features that the gateway does not execute. Each problem starts
 * with the code of the composition error.
 */
export class CompositionError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The subgraphs do not compose:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'CompositionError';
  }
}

/**
 * Composes a supergraph.
 * @throws CompositionError with all composition errors, or with all features that the gateway does not execute
 */
export function compose(subgraphs: readonly SubgraphSdl[]): Composed {
  const services = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
  const oneOf = findOneOfInputs(services);
  if (oneOf.problems.length > 0) throw new CompositionError(oneOf.problems);
  const plain = services.map((one) => ({ ...one, typeDefs: withoutOneOf(one.typeDefs) }));
  const result = composeServices(withNodeSubgraph(plain));
  if (result.errors) throw new CompositionError(result.errors.map(describeError));
  const unsupported = unsupportedFeatures(parse(result.supergraphSdl, { noLocation: true }));
  if (unsupported.length > 0) throw new CompositionError(unsupported.map((one) => `UNSUPPORTED_FEATURE: ${one}`));
  const api = withIncrementalDirectives(result.schema.toAPISchema().toGraphQLJSSchema());
  markOneOf(api, oneOf);
  return {
    supergraph: `${restoreOneOf(combineCacheControl(result.supergraphSdl, services), oneOf).trimEnd()}\n`,
    api: `${printSchema(api)}\n`,
    hints: result.hints.filter(isRelevantHint).map((hint) => hint.toString()),
  };
}

/**
 * Debug hints describe intended designs, for example that an entity's fields are spread over several services. So does the
 * hint that the interface `Node` has the requirements of all its types.
 */
function isRelevantHint(hint: { definition: { level: { name: string } }; message: string }): boolean {
  return hint.definition.level.name !== 'DEBUG' && !hint.message.startsWith('Directive @policy is applied to "Node"');
}

function describeError({ message, extensions }: { message: string; extensions: { code?: unknown } }): string {
  return `${String(extensions.code)}: ${message}`;
}
