import type { Machine, Transition } from './state-machine.js';

/** A machine as a mermaid state diagram: each arrow says what leads over it, who may, and when. */
export function diagram<Subject extends { status: Status }, Status extends string, Action extends string, Actor>(
  machine: Machine<Subject, Status, Action, Actor>,
): string {
  const arrows = machine.transitions.flatMap((step) => step.from.map((from) => arrow(from, step)));
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${machine.statuses[0] ?? ''}`, ...arrows, '```'].join('\n');
}

function arrow<Subject, Status extends string, Action extends string, Actor>(
  from: Status,
  { action, to, by, when }: Transition<Subject, Status, Action, Actor>,
): string {
  const condition = when ? `, when ${when.words}` : '';
  return `  ${from} --> ${to}: ${action} (${by.join(' or ')}${condition})`;
}
