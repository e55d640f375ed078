import type { IncomingMessage } from 'node:http';
import { losslessJson } from '@marquee/chassis/json/lossless-json';
import type { GraphQLError } from 'graphql';
import { type OperationParams, parseParams } from '../admission/operation-params.js';

/** The parameters of a GET request that are texts; `variables` and `extensions` are JSON. */
const textNames = ['query', 'operationName', 'documentId', 'onError'] as const;
const jsonNames = ['variables', 'extensions'] as const;

/**
 * Reads the parameters of a GraphQL request from the URL of a GET request.
 * @returns a refusal if a parameter has the wrong type; undefined if one is repeated or is not JSON
 */
export function searchParamsOf({ url = '/' }: IncomingMessage): OperationParams | GraphQLError | undefined {
  const given = new URL(url, 'http://localhost').searchParams;
  if ([...textNames, ...jsonNames].some((name) => given.getAll(name).length > 1)) return undefined;
  const params: Record<string, unknown> = {};
  for (const name of textNames) if (given.has(name)) params[name] = given.get(name);
  try {
    for (const name of jsonNames) {
      const text = given.get(name);
      if (text) params[name] = JSON.parse(losslessJson.decode(text));
    }
  } catch (failure) {
    if (failure instanceof SyntaxError) return undefined;
    throw failure;
  }
  return parseParams(params);
}
