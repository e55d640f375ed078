import type { ApolloServerPlugin } from '@apollo/server';
import {
  defaultFieldResolver,
  type GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { responseTooLarge } from '../errors/errors.js';
import { currentRequest } from '../telemetry/request-scope.js';

/** Counts the bytes of a response while it is built. */
export class AnswerMeter {
  #bytes = 0;
  #error: GraphQLError | undefined;

  constructor(private readonly maxBytes: number) {}

  /** The error of the response, if it has passed its limit. */
  get error(): GraphQLError | undefined {
    return this.#error;
  }

  /**
   * Adds a field.
   * @param bytes those of its name, from `fieldBytes`
   * @throws GraphQLError once the response has passed its limit
   */
  addField(bytes: number, value: unknown): void {
    this.#bytes += bytes + sizeOf(value);
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

/** The meter of the response that is built with this context, if it is limited. */
export function answerMeter(context: object): AnswerMeter | undefined {
  return (context as MeteredContext)[meter];
}

/** The error of a response that passed its limit. It replaces the whole response. */
export function answerError(context: object): GraphQLError | undefined {
  return answerMeter(context)?.error;
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
    for (const field of Object.values(type.getFields())) field.resolve = metered(field);
  }
  return schema;
}

interface MeteredField {
  /** Undefined for a property. */
  resolve: Resolve | undefined;
  bytes: number;
}

type Resolve = GraphQLFieldResolver<unknown, unknown>;

/** By the resolver that counts. */
const meteredFields = new WeakMap<Resolve, MeteredField>();

/** The resolver of a field without its limit, for an executor that uses `fieldBytes`. Undefined for a property. */
export function resolverOf({ resolve }: GraphQLField<unknown, unknown>): Resolve | undefined {
  const counted = resolve && meteredFields.get(resolve);
  return counted ? counted.resolve : resolve;
}

/** The bytes of the name of a field, if its values are counted. */
export function fieldBytes({ resolve }: GraphQLField<unknown, unknown>): number | undefined {
  return resolve && meteredFields.get(resolve)?.bytes;
}

/** Quotes, colon and comma of a field. */
const fieldOverhead = 4;

function metered({ name, resolve }: GraphQLField<unknown, unknown>): Resolve {
  const bytes = name.length + fieldOverhead;
  const run = resolve ?? defaultFieldResolver;
  const counting: Resolve = (source, args, context, info) => {
    const value = run(source, args, context, info);
    const counted = answerMeter(context as object);
    if (!counted) return value;
    const count = (settled: unknown): unknown => {
      counted.addField(bytes, settled);
      return settled;
    };
    return value instanceof Promise ? value.then(count) : count(value);
  };
  meteredFields.set(counting, { resolve, bytes });
  return counting;
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
