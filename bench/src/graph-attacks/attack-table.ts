import type { GraphAttack } from './attack-client.js';
import { cancelledRequests, dearOperations, manyPosts, newDocuments } from './guest-attacks.js';
import { filteredSubscriptions, manySockets } from './socket-attacks.js';
import { hostileTexts } from './text-attack.js';
import { demotedAdmin, floodedQuotas, missingReferences } from './user-attacks.js';

/** An attack on the graph and its permitted outcomes. */
export interface AttackCase {
  attack: GraphAttack;
  /** Outcomes of which at least one occurs; otherwise the attack does not reach its target. */
  expected: readonly string[];
  /** Further permitted outcomes. */
  possible: readonly string[];
}

/** Parked operations and requests over the deadline of a service end with `UPSTREAM_UNAVAILABLE`. */
const limited = ['RATE_LIMITED', 'BAD_USER_INPUT', 'UPSTREAM_UNAVAILABLE'];

/** The attacks by name. An attack that is not listed with `ok` must not succeed. */
export const attacksOnGraph: Readonly<Record<string, AttackCase>> = {
  'dear operations of guests': { attack: dearOperations, expected: ['ok'], possible: limited },
  'small requests over many posts': { attack: manyPosts, expected: ['ok', ...limited], possible: [] },
  'hostile texts': { attack: hostileTexts, expected: ['BAD_USER_INPUT'], possible: ['RATE_LIMITED', 'FORBIDDEN'] },
  'references to missing entities': {
    attack: missingReferences,
    expected: ['ok', 'NOT_FOUND'],
    possible: ['BAD_USER_INPUT', 'FORBIDDEN', 'RATE_LIMITED'],
  },
  'new documents': { attack: newDocuments, expected: ['ok', 'BAD_USER_INPUT'], possible: limited },
  'filtered subscriptions': {
    attack: filteredSubscriptions,
    expected: ['next'],
    possible: ['connection_ack', 'published ok', 'published RATE_LIMITED', 'ping', 'complete', '429', 'RATE_LIMITED'],
  },
  'sockets of one address': { attack: manySockets, expected: ['429'], possible: ['connection_ack', 'cut'] },
  'cancelled requests': { attack: cancelledRequests, expected: ['cut'], possible: ['ok', ...limited] },
  'flooded quotas': {
    attack: floodedQuotas,
    expected: ['post ok'],
    possible: ['like ok', 'conversation ok', 'upload ok', 'RATE_LIMITED', 'NOT_FOUND'],
  },
  'a demoted admin': { attack: demotedAdmin, expected: ['FORBIDDEN'], possible: ['RATE_LIMITED'] },
};
