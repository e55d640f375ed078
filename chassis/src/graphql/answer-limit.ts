import type { ApolloServerPlugin } from '@apollo/server';
import {
  defaultFieldResolver,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { responseTooLarge } from '../errors/errors.js';
import { currentRequest } from '../telemetry/request-scope.js';

/** Counts the bytes of a response while it is built. */
class AnswerMeter {
  #bytes = 0;
  #error: GraphQLError | undefined;

  constructor(private readonly maxBytes: number) {}

  /** The error of the response, if it has passed its limit. */
  get error(): GraphQLError | undefined {
    return this.#error;
  }

  /** @throws GraphQLError once the response has passed its limit */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.maxBytes) return;
    this.#error ??= this.#cut();
    throw this.#error;
  }

  /** Nothing more is read for the response. Its error has a path, so that the executor does not copy it for each field. */
  #cut(): GraphQLError {
    currentRequest()?.cancellation?.cancel();
    const error = responseTooLarge(this.maxBytes);
    Object.defineProperty(error, 'path', { value: [] });
    return error;
  }
}

/** Apollo Server copies the context, with its symbols. */
const meter = Symbol('answer meter');

interface MeteredContext {
  [meter]?: AnswerMeter;
}

/** Limits the size of the response that is built with this context. */
export function limitAnswer<Context extends object>(context: Context, maxBytes: number): Context {
  return Object.assign(context, { [meter]: new AnswerMeter(maxBytes) });
}

/** The error of a response that passed its limit. It replaces the whole response. */
export function answerError(context: object): GraphQLError | undefined {
  return (context as MeteredContext)[meter]?.error;
}

/** Replaces responses that passed their limit with their error. */
export const replaceCutAnswers: ApolloServerPlugin<object> = {
  requestDidStart: async () => ({
    async willSendResponse({ contextValue, response }) {
      const error = answerError(contextValue);
      if (error && response.body.kind === 'single') {
        const { message, extensions } = error;
        response.body.singleResult = { errors: [{ message, extensions }] };
      }
    },
  }),
};

/** Makes every field of a schema count its part of the response, under the limit of its context. */
export function meterFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields()))
      field.resolve = metered(field.resolve ?? defaultFieldResolver, field.name.length + fieldOverhead);
  }
  return schema;
}

/** Quotes, colon and comma of a field. */
const fieldOverhead = 4;

function metered(
  resolve: GraphQLFieldResolver<unknown, unknown>,
  nameBytes: number,
): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, context, info) => {
    const value = resolve(source, args, context, info);
    const counted = (context as MeteredContext)[meter];
    if (!counted) return value;
    if (!(value instanceof Promise)) return count(counted, value, nameBytes);
    return value.then((settled: unknown) => count(counted, settled, nameBytes));
  };
}

function count(answer: AnswerMeter, value: unknown, nameBytes: number): unknown {
  answer.add(nameBytes + sizeOf(value));
  return value;
}

/** Approximate bytes of a value in JSON, without the fields of objects, which are counted by themselves. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 2 + (value.length < shortText ? value.length : Buffer.byteLength(value));
  if (typeof value !== 'object' || value === null) return scalarBytes;
  if (!Array.isArray(value)) return objectBytes;
  let bytes = 2;
  for (const item of value) bytes += 1 + sizeOf(item);
  return bytes;
}

/** Below this number of characters the exact number of bytes is not worth its calculation. */
const shortText = 64;

/** A number, a boolean or null. */
const scalarBytes = 6;

/** The braces of an object, or the text of a scalar such as a date. */
const objectBytes = 26;
