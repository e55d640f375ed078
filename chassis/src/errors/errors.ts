import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';

/** Every code that a client of the graph can meet in `extensions.code`. */
export const errorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'BAD_USER_INPUT',
  'INVALID_TRANSITION',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'SLOW_CONSUMER',
  'SUBSCRIPTION_SCHEMA_CHANGED',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** One bad value: where it is in the input, and what was wrong with it. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** Nobody is signed in, or who was signed in no longer counts. */
export function unauthenticated(message = 'Sign in first: this needs a user.'): GraphQLError {
  return coded('UNAUTHENTICATED', message);
}

/** The caller is known and may not do this. */
export function forbidden(message: string): GraphQLError {
  return coded('FORBIDDEN', message);
}

/** There is no such thing, or none that this caller may know of. */
export function notFound(noun: string, key: string): GraphQLError {
  return coded('NOT_FOUND', `There is no ${noun} "${key}".`);
}

/** The request is fine and contradicts what is stored. */
export function conflict(message: string): GraphQLError {
  return coded('CONFLICT', message);
}

/**
 * The thing is in a state in which the caller cannot do this to it now.
 *
 * @param noun what it is, for the message
 * @param validActions what the caller can do to it instead
 */
export function invalidTransition(
  noun: string,
  from: string,
  action: string,
  validActions: readonly string[],
): GraphQLError {
  const instead = validActions.length > 0 ? `; you can: ${validActions.join(', ')}` : '';
  return coded('INVALID_TRANSITION', `You cannot ${action} a ${noun} that is ${from}${instead}.`, {
    from,
    action,
    validActions,
  });
}

/** The values are wrong: one problem for each, all at once. */
export function badInput(...fields: FieldProblem[]): GraphQLError {
  return coded('BAD_USER_INPUT', fields.map(({ path, message }) => `${path}: ${message}`).join('; '), { fields });
}

/**
 * What graphql itself found wrong with a document or its variables. A wrong name is not answered with right ones: the
 * schema is for those who may read it.
 */
export function invalidRequest({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message.replace(/ ?Did you mean .+\?$/, ''), {
    nodes: nodes ?? null,
    extensions: { code: 'BAD_USER_INPUT' satisfies ErrorCode },
  });
}

/** A service that this request needed did not answer. */
export function upstreamUnavailable(service: string): GraphQLError {
  return coded('UPSTREAM_UNAVAILABLE', `The service "${service}" does not answer now.`, { service });
}

/** Whoever asked no longer waits, so nothing new is begun for them. */
export function deadlinePassed(): GraphQLError {
  return coded('UPSTREAM_UNAVAILABLE', 'The time for this answer is over.');
}

/**
 * The caller asks for more than a client gets.
 * @param retryAfterSeconds when it makes sense to ask again, where that can be told
 */
export function rateLimited(message: string, retryAfterSeconds?: number): GraphQLError {
  return coded('RATE_LIMITED', message, { ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
}

/**
 * A client reads its subscription more slowly than events come.
 * @param cursor where it can go on from, for a subscription that can be resumed
 */
export function slowConsumer(limit: number, cursor: unknown): GraphQLError {
  return coded('SLOW_CONSUMER', `More than ${limit} events wait to be read: subscribe again and read faster.`, {
    cursor,
  });
}

/**
 * The graph has changed, and what was subscribed to is no longer in it.
 * @param cursor the last event's, for a subscription that can be resumed
 */
export function subscriptionSchemaChanged(reason: string, cursor: unknown): GraphQLError {
  return coded('SUBSCRIPTION_SCHEMA_CHANGED', `The graph has changed under this subscription: ${reason}`, { cursor });
}

function coded(code: ErrorCode, message: string, extensions: GraphQLErrorExtensions = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}
