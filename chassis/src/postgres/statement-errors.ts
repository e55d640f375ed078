import { StoreError } from '../errors/store-error.js';

/** SQLSTATE classes after which a connection is of no further use: connection exception, operator intervention. */
const lostClasses = ['08', '57P'];

/**
 * SQLSTATEs of the same kind: the server became read-only (a failover), has no connection or memory to spare, does not
 * accept the password (it was rotated), or ended the session because it was idle or its transaction took too long.
 */
const lostStates = new Set(['25006', '25P03', '25P04', '28000', '28P01', '53000', '53100', '53200', '53300']);

/** Errors of sockets and of name resolution. */
const socketErrors = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
]);

/** pg has no codes for these. */
const lostMessages = /^(Connection terminated|timeout expired|Client (was closed|has encountered)|The server does not)/;

/** Whether an error means that the connection, or the server behind it, is lost. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string')
    return socketErrors.has(code) || lostStates.has(code) || lostClasses.some((start) => code.startsWith(start));
  return typeof message === 'string' && lostMessages.test(message);
}

/** SQLSTATEs that concern one session only: its transaction took too long, or there was no memory for its statement. */
const sessionStates = /^(25P|53)/;

/** Whether the other connections to the server are probably lost as well, such as after a failover. */
export function isServerLost(error: unknown): boolean {
  return isConnectionLost(error) && !sessionStates.test(String((error as { code?: unknown }).code));
}

/** The server did not accept a connection in time. */
export function isConnectTimeout(error: unknown): boolean {
  return (error as { message?: unknown }).message === 'timeout expired';
}

/** The server refused the password of a new connection: it was rotated. */
export function isPasswordRefused(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === '28P01' || code === '28000';
}

/** Whether an error, or what caused it, has one of these SQLSTATEs. */
export function hasSqlState(error: unknown, states: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  const { code, cause, driverError } = error as { code?: unknown; cause?: unknown; driverError?: unknown };
  return states.includes(String(code)) || hasSqlState(driverError ?? cause, states);
}

/** The server refused to write, so the statement changed nothing. */
export function isReadOnly(error: unknown): boolean {
  return (error as { code?: unknown }).code === '25006';
}

/** A statement that ended at `statement_timeout`, at `lock_timeout`, or by a cancellation, becomes a `StoreError`. */
export function toStatementError(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  return code === '57014' || code === '55P03' ? new StoreError('deadline', error) : error;
}
