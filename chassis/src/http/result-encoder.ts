import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import type { MaskError } from '../errors/mask-errors.js';
import type { JsonTextCodec } from '../json/lossless-json.js';

/** Encodes results as JSON in UTF-8. */
export type ResultEncoder = (result: ExecutionResult) => Buffer;

/**
 * Creates an encoder that masks and serializes each result once: the result of one event goes to thousands of sockets.
 *
 * @param maskError called once for each error of a result
 */
export function createResultEncoder(maskError: MaskError, codec: JsonTextCodec | undefined): ResultEncoder {
  const encoded = new WeakMap<ExecutionResult, Buffer>();
  return (result) => {
    const known = encoded.get(result);
    if (known) return known;
    const text = JSON.stringify(maskResult(result, maskError));
    const bytes = Buffer.from(codec ? codec.encode(text) : text);
    encoded.set(result, bytes);
    return bytes;
  };
}

function maskResult({ errors, ...result }: ExecutionResult, mask: MaskError): FormattedExecutionResult {
  return errors ? { ...result, errors: errors.map((error) => mask(formatError(error), error)) } : result;
}

/** Results of the gateway's executor contain errors in their serialised form. */
export function formatError(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  return error instanceof GraphQLError ? error.toJSON() : error;
}
