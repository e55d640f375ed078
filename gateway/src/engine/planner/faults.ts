import { GraphQLError, parse, type GraphQLSchema, Source } from 'graphql';
import { fittingFaults } from '../fitting.js';

/** What is wrong with a document, as it passes between threads. */
export interface Fault {
  message: string;
  /** In the text; null where it is about no place. */
  positions: readonly number[] | null;
  extensions: Record<string, unknown>;
}

/** @param text of a document that can be parsed */
export function faultsIn(text: string, schema: GraphQLSchema): Fault[] {
  return fittingFaults(schema, parse(text)).map(({ message, positions = null, extensions }) => ({
    message,
    positions,
    extensions: { ...extensions },
  }));
}

/** The fault as the client is told of it. */
export function faultOf(text: string, { message, positions, extensions }: Fault): GraphQLError {
  return new GraphQLError(message, { source: new Source(text), positions, extensions });
}
