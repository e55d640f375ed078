import { invalidTransition } from '@marquee/chassis/errors/errors';

/** What may be true of a subject beside its state, in words for the documentation and as a test. */
export interface Guard<Subject> {
  words: string;
  holds(subject: Subject, now: Date): boolean;
}

/** One row of a machine's table: who may lead a subject from which states to which one, and when. */
export interface Transition<Subject, Status, Action, Actor> {
  action: Action;
  from: readonly Status[];
  to: Status;
  by: readonly Actor[];
  when?: Guard<Subject>;
}

/**
 * The life of a noun as a table. Resolvers, `validActions`, the tests and the documentation are all made of it;
 * what is not in it cannot happen.
 */
export interface Machine<Subject extends { status: Status }, Status extends string, Action extends string, Actor> {
  /** What the subject is called in a message. */
  noun: string;
  statuses: readonly Status[];
  /** In the order to offer them. */
  actions: readonly Action[];
  transitions: readonly Transition<Subject, Status, Action, Actor>[];
}

/**
 * The state that the action leads to.
 *
 * @param actors what the caller is to the subject; nothing for a stranger
 * @throws INVALID_TRANSITION with what these actors can do instead
 */
export function transition<Subject extends { status: Status }, Status extends string, Action extends string, Actor>(
  machine: Machine<Subject, Status, Action, Actor>,
  subject: NoInfer<Subject>,
  action: Action,
  actors: readonly Actor[],
): Status {
  const found = open(machine, subject, actors).find((candidate) => candidate.action === action);
  if (found) return found.to;
  throw invalidTransition(machine.noun, subject.status, action, validActions(machine, subject, actors));
}

/** What these actors can do to the subject now, in the machine's order. */
export function validActions<Subject extends { status: Status }, Status extends string, Action extends string, Actor>(
  machine: Machine<Subject, Status, Action, Actor>,
  subject: NoInfer<Subject>,
  actors: readonly Actor[],
): Action[] {
  const possible = new Set(open(machine, subject, actors).map(({ action }) => action));
  return machine.actions.filter((action) => possible.has(action));
}

function open<Subject extends { status: Status }, Status extends string, Action extends string, Actor>(
  { transitions }: Machine<Subject, Status, Action, Actor>,
  subject: NoInfer<Subject>,
  actors: readonly Actor[],
): Transition<Subject, Status, Action, Actor>[] {
  const now = new Date();
  return transitions.filter(
    ({ from, by, when }) =>
      from.includes(subject.status) &&
      by.some((actor) => actors.includes(actor)) &&
      (when === undefined || when.holds(subject, now)),
  );
}
