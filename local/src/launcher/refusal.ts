/** Thrown when a person has to change something; the message says what, and no stack is shown. */
export class Refusal extends Error {
  override name = 'Refusal';
}
