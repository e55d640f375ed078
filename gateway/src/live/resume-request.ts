import type { GraphQLError } from 'graphql';
import type { OperationParams } from '../admission/operation-params.js';
import { malformedParams } from '../admission/refusals.js';

/** The part of a request that concerns the resumption of its subscription. */
export interface ResumeRequest {
  /** The cursor of the last event that the client received, and where it was sent. It replaces the one in the operation. */
  after?: CursorText | undefined;
  /** Whether results contain their cursors in `extensions`. */
  sendsCursors: boolean;
  /** Whether a first result without data reports the position at which the subscription starts. */
  reportsPosition: boolean;
  /** Whether results without data report that a subscription without cursors waits for its service, and that it started. */
  reportsStart: boolean;
}

export interface CursorText {
  text: string;
  /** The part of the request that contains it, for errors. */
  path: string;
}

export const withoutCursors: ResumeRequest = { sendsCursors: false, reportsPosition: false, reportsStart: false };

const path = 'extensions.resume';

/**
 * Reads `extensions.resume` of a request: `{}` requests cursors, `{ "after": … }` also resumes after one. With
 * `reportsStart: true` the start of a subscription without cursors is reported.
 * @returns BAD_USER_INPUT for a value of another form
 */
export function resumeRequestIn({ extensions }: OperationParams): ResumeRequest | GraphQLError {
  const resume: unknown = extensions?.['resume'];
  if (resume === undefined || resume === null) return withoutCursors;
  if (typeof resume !== 'object') return malformed();
  const { after, reportsStart: start } = resume as { after?: unknown; reportsStart?: unknown };
  const request = { sendsCursors: true, reportsPosition: true, reportsStart: start === true };
  if (after === undefined || after === null) return request;
  if (typeof after !== 'string' && typeof after !== 'number') return malformed();
  return { ...request, after: { text: String(after), path } };
}

function malformed(): GraphQLError {
  return malformedParams(path, 'expected an object with a cursor as "after", or an empty one');
}
