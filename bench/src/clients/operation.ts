/** What clients ask, again and again. */
export interface Operation {
  name: string;
  document: string;
  /** May differ from request to request, so that nobody answers two at once with one. */
  variables(turn: number): Record<string, unknown>;
}
