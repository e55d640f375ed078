/** Thrown when a person has to change something; the message says what, and no stack is shown. */
export class UserError extends Error {
  override name = 'Refusal';
}
