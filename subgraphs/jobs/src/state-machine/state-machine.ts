import { invalidTransition } from '@marquee/chassis/errors/errors';

/** A condition on the subject, in addition to its status, that a transition requires. */
export interface Guard<Subject> {
  /** Shown in the state diagrams of the README. */
  description: string;
  holds(subject: Subject, now: Date): boolean;
}

/** One row of a transition table: which actors may move a subject from which statuses to which one, and when. */
export interface Transition<Subject, Status, Action, Actor> {
  action: Action;
  from: readonly Status[];
  to: Status;
  by: readonly Actor[];
  when?: Guard<Subject>;
}

/**
 * A state machine as a transition table. The resolvers, `validActions`, the tests and the diagrams of the README all
 * use the same table. A transition that is not in it is rejected.
 */
export interface Machine<Subject extends { status: Status }, Status extends string, Action extends string, Actor> {
  /** Names the subject in error messages. */
  noun: string;
  /** The first is the initial one. */
  statuses: readonly Status[];
  /** In the order of `validActions`. */
  actions: readonly Action[];
  transitions: readonly Transition<Subject, Status, Action, Actor>[];
}

/**
 * Returns the status that an action leads to.
 *
 * @param actors the roles of the caller towards the subject; empty for an unrelated caller
 * @throws INVALID_TRANSITION with the actions that these actors can perform instead
 */
export function transition<Subject extends { status: Status }, Status extends string, Action extends string, Actor>(
  machine: Machine<Subject, Status, Action, Actor>,
  subject: NoInfer<Subject>,
  action: Action,
  actors: readonly Actor[],
): Status {
  const found = availableTransitions(machine, subject, actors).find((candidate) => candidate.action === action);
  if (found) return found.to;
  throw invalidTransition(machine.noun, subject.status, action, validActions(machine, subject, actors));
}

/** Returns the actions that these actors can perform on the subject now, in the order of the machine. */
export function validActions<Subject extends { status: Status }, Status extends string, Action extends string, Actor>(
  machine: Machine<Subject, Status, Action, Actor>,
  subject: NoInfer<Subject>,
  actors: readonly Actor[],
): Action[] {
  const possible = new Set(availableTransitions(machine, subject, actors).map(({ action }) => action));
  return machine.actions.filter((action) => possible.has(action));
}

function availableTransitions<Subject extends { status: Status }, Status extends string, Action extends string, Actor>(
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
