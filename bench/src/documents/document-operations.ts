import type { Operation } from '../clients/operation.js';
import { operations } from '../gateway/operations.js';

/** What everybody asks while others send documents that nobody has sent before. */
export const knownOperation = operations.find(({ name }) => name === 'field') as Operation;

/** A document of two services; none is like one of another number. */
export function newOperation(number: number): Operation {
  const document = `query Fresh${number}($page: Int!) {
    jobs(page: $page) { id title${number}: title poster { name${number}: displayName } show { title genre } }
    shows(page: $page) { slug addedBy { handle displayName } }
  }`;
  return { name: `fresh${number}`, document, variables: pages };
}

/** The same, and small. */
export function smallNewOperation(number: number): Operation {
  const document = `query Small${number}($page: Int!) { headline${number}: headline(page: $page) me { handle } }`;
  return { name: `small${number}`, document, variables: pages };
}

function pages(turn: number): Record<string, unknown> {
  return { page: turn % 8 };
}
