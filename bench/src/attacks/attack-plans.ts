import { churn, idleConnections, slowBodies, slowHeaders } from '@marquee/testkit/floods/connections';
import { gzipBombs, largeBodies, unknownKeys } from '@marquee/testkit/floods/requests';
import { messages, operations, oversizedMessages, pings } from '@marquee/testkit/floods/sockets';
import type { Flood } from '@marquee/testkit/floods/target';

/** A flood, and what may come of it. */
export interface AttackPlan {
  flood: Flood;
  /** Connections, or those who send at the same time. */
  size: number;
  /** Addresses that it comes from. */
  addresses: number;
  outcomes: readonly string[];
}

/** Whose tokens the gateway takes. */
export interface TokenIssuer {
  issuer: string;
  clientId: string;
}

/** The floods by their names. `429` and `cut` are what an address meets that sends more than it may. */
export function attackPlans(issuing: TokenIssuer): Record<string, AttackPlan> {
  const one = { addresses: 1 };
  const tooMany = ['429', 'cut', 'held'];
  return {
    'idle connections': { ...one, flood: idleConnections, size: 10_000, outcomes: [...tooMany, '408'] },
    churn: { ...one, flood: churn, size: 50, outcomes: [...tooMany] },
    'slow headers': { ...one, flood: slowHeaders, size: 2_000, outcomes: [...tooMany, '408'] },
    'slow bodies': { ...one, flood: slowBodies, size: 2_000, outcomes: [...tooMany, '408'] },
    'gzip bombs': { ...one, flood: gzipBombs, size: 20, outcomes: [...tooMany, '415'] },
    'bodies of 10 MB': { ...one, flood: largeBodies, size: 5, outcomes: [...tooMany, '413'] },
    'unknown key ids': { addresses: 200, flood: unknownKeys(issuing), size: 50, outcomes: [...tooMany, '401'] },
    'pings over sockets': { ...one, flood: pings, size: 20, outcomes: [...tooMany, '4429'] },
    'messages over sockets': { ...one, flood: messages, size: 20, outcomes: [...tooMany, '4429'] },
    'messages of 1 MB': { ...one, flood: oversizedMessages, size: 10, outcomes: [...tooMany, '1009'] },
    'operations over sockets': { ...one, flood: operations, size: 20, outcomes: [...tooMany, '4429'] },
  };
}

/** Addresses of this machine that are not the one that everyone else asks from. */
export function sourceAddresses({ addresses }: AttackPlan): string[] {
  return Array.from({ length: addresses }, (_, index) => `127.0.1.${index + 2}`);
}
