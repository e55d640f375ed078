import type { Machine, Transition } from './state-machine.js';

/** Renders a machine as a mermaid state diagram. Each arrow is labelled with its action, its actors and its guard. */
export function renderDiagram<Subject extends { status: Status }, Status extends string, Action extends string, Actor>(
  machine: Machine<Subject, Status, Action, Actor>,
): string {
  const arrows = machine.transitions.flatMap((step) => step.from.map((from) => arrow(from, step)));
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${machine.statuses[0] ?? ''}`, ...arrows, '```'].join('\n');
}

function arrow<Subject, Status extends string, Action extends string, Actor>(
  from: Status,
  { action, to, by, when }: Transition<Subject, Status, Action, Actor>,
): string {
  const condition = when ? `, when ${when.description}` : '';
  return `  ${from} --> ${to}: ${action} (${by.join(' or ')}${condition})`;
}
