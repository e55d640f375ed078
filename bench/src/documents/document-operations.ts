import type { Operation } from '../clients/operation.js';
import { operations } from '../gateway/operations.js';

/** The operation whose latency is measured while new documents arrive. */
export const knownOperation = operations.find(({ name }) => name === 'field') as Operation;

/** A distinct document for each number, with fields of two services. */
export function newOperation(number: number): Operation {
  const document = `query Fresh${number}($page: Int!) {
    jobs(page: $page) { id title${number}: title poster { name${number}: displayName } show { title genre } }
    shows(page: $page) { slug addedBy { handle displayName } }
  }`;
  return { name: `fresh${number}`, document, variables: pages };
}

/** A small distinct document for each number. */
export function smallNewOperation(number: number): Operation {
  const document = `query Small${number}($page: Int!) { headline${number}: headline(page: $page) me { handle } }`;
  return { name: `small${number}`, document, variables: pages };
}

function pages(turn: number): Record<string, unknown> {
  return { page: turn % 8 };
}
