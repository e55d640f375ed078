import { composeServices } from '@apollo/composition';
import { parse, printSchema } from 'graphql';
import { findOneOfInputs, markOneOf, restoreOneOf, withoutOneOf } from './one-of.js';

/** What composition reads of a subgraph. */
export interface SubgraphSdl {
  name: string;
  url: string;
  sdl: string;
}

export interface Composed {
  /** What the gateway plans with. */
  supergraph: string;
  /** What clients see, with the fields in the order of their services. */
  api: string;
  /** What composition found odd and let pass; one text each. */
  hints: string[];
}

/** Thrown when subgraphs contradict each other. Each problem is one text: the code, then what is wrong and where. */
export class CompositionError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The subgraphs do not compose:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'CompositionError';
  }
}

/**
 * Composes a supergraph.
 * @throws CompositionError with every problem
 */
export function compose(subgraphs: readonly SubgraphSdl[]): Composed {
  const services = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
  const oneOf = findOneOfInputs(services);
  if (oneOf.problems.length > 0) throw new CompositionError(oneOf.problems);
  const result = composeServices(services.map((one) => ({ ...one, typeDefs: withoutOneOf(one.typeDefs) })));
  if (result.errors) throw new CompositionError(result.errors.map(describeError));
  const api = result.schema.toAPISchema().toGraphQLJSSchema();
  markOneOf(api, oneOf);
  return {
    supergraph: `${restoreOneOf(result.supergraphSdl, oneOf).trimEnd()}\n`,
    api: `${printSchema(api)}\n`,
    hints: result.hints.filter(isRelevantHint).map((hint) => hint.toString()),
  };
}

/** Hints of the lowest level remark on what is meant so, for instance that an entity's fields are spread over services. */
function isRelevantHint(hint: { definition: { level: { name: string } } }): boolean {
  return hint.definition.level.name !== 'DEBUG';
}

function describeError({ message, extensions }: { message: string; extensions: { code?: unknown } }): string {
  return `${String(extensions.code)}: ${message}`;
}
