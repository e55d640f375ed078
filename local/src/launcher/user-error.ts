/** An error that the user can fix. The message says how, and is printed without a stack trace. */
export class UserError extends Error {
  override name = 'UserError';
}
