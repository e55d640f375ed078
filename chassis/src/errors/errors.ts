import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';

/** Every code that clients may receive in `extensions.code`. */
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

/** One invalid value: its path in the input, and a message that explains the problem. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** The request has no user, or the user's session or account is no longer valid. */
export function unauthenticated(message = 'Sign in first: this needs a signed-in user.'): GraphQLError {
  return coded('UNAUTHENTICATED', message);
}

/**
 * The caller is identified and lacks permission.
 *
 * @param requires what would be enough, each one alone, in the words of `AccessPolicy`: for instance `role:ADMIN`. Absent if
 *   it depends on the data, such as the owner of an entity.
 */
export function forbidden(message: string, requires?: readonly string[]): GraphQLError {
  return coded('FORBIDDEN', message, requires === undefined ? {} : { requires });
}

/** There is no such entity, or this caller may not know of it. */
export function notFound(noun: string, key: string): GraphQLError {
  return coded('NOT_FOUND', `There is no ${noun} "${key}".`);
}

/**
 * The request is valid and contradicts the stored state.
 *
 * @param paths the paths of the values that do, if the conflict is about certain values
 */
export function conflict(message: string, ...paths: string[]): GraphQLError {
  return coded('CONFLICT', message, paths.length === 0 ? {} : { fields: paths.map((path) => ({ path, message })) });
}

/**
 * The entity is in a state that does not allow this action by this caller.
 *
 * @param noun the kind of entity, for the message
 * @param validActions the actions that the caller may perform now
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

/** The input has invalid values: one problem each, all reported at once. */
export function badInput(...fields: FieldProblem[]): GraphQLError {
  return coded('BAD_USER_INPUT', fields.map(({ path, message }) => `${path}: ${message}`).join('; '), { fields });
}

/**
 * The events of a subscription do not reach up to the cursor in this argument.
 * @param last the cursor of the last event
 */
export function cursorBeyondEnd(argument: string, last: number): GraphQLError {
  const { message, extensions } = badInput({ path: argument, message: `must be at most ${last}, the last event` });
  return new GraphQLError(message, { extensions: { ...extensions, cursor: last } });
}

/** An error of graphql-js about a document or its variables, as BAD_USER_INPUT. */
export function invalidRequest(
  { message, nodes }: GraphQLError,
  { keepsSuggestions = false, fields }: InvalidRequestOptions = {},
): GraphQLError {
  return new GraphQLError(keepsSuggestions ? message : withoutSuggestion(message), {
    nodes: nodes ?? null,
    extensions: { code: 'BAD_USER_INPUT' satisfies ErrorCode, ...(fields && { fields }) },
  });
}

export interface InvalidRequestOptions {
  /** Whether the caller of this function decides later who may see suggestions. Default: they are removed. */
  keepsSuggestions?: boolean;
  /** The values that the error is about. Default: it is not about values. */
  fields?: readonly FieldProblem[];
}

/**
 * Removes "Did you mean ...", which would disclose the schema to callers who may not introspect it. Linear in the length of
 * the message, which contains values of the request.
 */
export function withoutSuggestion(message: string): string {
  const start = message.endsWith('?') ? message.lastIndexOf('Did you mean ') : -1;
  return start < 0 ? message : message.slice(0, start).trimEnd();
}

/** The response would be larger than a service builds. @param maxBytes the limit in bytes */
export function responseTooLarge(maxBytes: number): GraphQLError {
  return badInput({
    path: 'query',
    message: `the response exceeds ${maxBytes} bytes: select fewer fields or shorter lists`,
  });
}

/** A service that this request requires did not respond. */
export function upstreamUnavailable(service: string): GraphQLError {
  return coded('UPSTREAM_UNAVAILABLE', `The service "${service}" is unavailable.`, { service });
}

/** Something that a service still prepares. @param retryAfterSeconds seconds after which a retry may succeed */
export function notYetAvailable(message: string, retryAfterSeconds: number): GraphQLError {
  return coded('UPSTREAM_UNAVAILABLE', message, { retryAfterSeconds });
}

/**
 * A service that completes the events of a subscription stayed unavailable for too long.
 * @param cursor of the last event before the one that is missing; undefined if it is not known, so that resuming would
 *   leave a gap
 */
export function eventIncomplete(service: string | undefined, cursor: unknown): GraphQLError {
  const position = cursor === undefined ? { gap: true } : { cursor };
  const name = service === undefined ? 'A service' : `The service "${service}"`;
  return coded('UPSTREAM_UNAVAILABLE', `${name} is unavailable, so the next event cannot be completed.`, {
    ...(service !== undefined && { service }),
    ...position,
  });
}

/** A service did not confirm a change before the deadline, or its connection was lost. */
export function changeUnconfirmed(service: string): GraphQLError {
  const message = `The service "${service}" did not confirm the change: it may be stored or not. Read it before you try again.`;
  return coded('UPSTREAM_UNAVAILABLE', message, { service });
}

/** The caller no longer waits for the response, so no further work is started for it. */
export function deadlinePassed(): GraphQLError {
  return coded('UPSTREAM_UNAVAILABLE', 'The request deadline has passed.');
}

/**
 * The caller exceeds a limit.
 * @param retryAfterSeconds seconds until a retry can succeed, if known
 */
export function rateLimited(message: string, retryAfterSeconds?: number): GraphQLError {
  return coded('RATE_LIMITED', message, { ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
}

/**
 * A client reads the events of its subscription more slowly than they arrive.
 * @param cursor of the last delivered event, from which a resumable subscription can continue
 */
export function slowConsumer(limit: number, cursor: unknown): GraphQLError {
  return coded(
    'SLOW_CONSUMER',
    `The client does not read: up to ${limit} events are queued for it. Subscribe again and read them.`,
    {
      cursor,
    },
  );
}

/**
 * The schema has changed and no longer contains what this subscription selects.
 * @param cursor of the last delivered event, from which a resumable subscription can continue
 */
export function subscriptionSchemaChanged(reason: string, cursor: unknown): GraphQLError {
  return coded(
    'SUBSCRIPTION_SCHEMA_CHANGED',
    `The schema has changed and this subscription is no longer valid: ${reason}`,
    { cursor },
  );
}

function coded(code: ErrorCode, message: string, extensions: GraphQLErrorExtensions = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}
