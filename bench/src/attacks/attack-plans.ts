import { churn, idleConnections, slowBodies, slowHeaders } from '@marquee/testkit/floods/connection-floods';
import { gzipBombs, largeBodies, unknownKeys } from '@marquee/testkit/floods/request-floods';
import { messages, operations, oversizedMessages, pings } from '@marquee/testkit/floods/socket-floods';
import type { Flood } from '@marquee/testkit/floods/flood';

/** An attack and its permitted outcomes. */
export interface AttackPlan {
  flood: Flood;
  /** Connections, or concurrent senders. */
  size: number;
  /** Number of source addresses. */
  addresses: number;
  outcomes: readonly string[];
}

/** The issuer and client id that the gateway trusts. */
export interface TokenIssuer {
  issuer: string;
  clientId: string;
}

/** The attacks by name. `429`, `cut` and `held` are the outcomes for an address that exceeds its limits. */
export function attackPlans(tokenIssuer: TokenIssuer): Record<string, AttackPlan> {
  const one = { addresses: 1 };
  const limited = ['429', 'cut', 'held'];
  return {
    'idle connections': { ...one, flood: idleConnections, size: 10_000, outcomes: [...limited, '408'] },
    churn: { ...one, flood: churn, size: 50, outcomes: [...limited] },
    'slow headers': { ...one, flood: slowHeaders, size: 2_000, outcomes: [...limited, '408'] },
    'slow bodies': { ...one, flood: slowBodies, size: 2_000, outcomes: [...limited, '408'] },
    'gzip bombs': { ...one, flood: gzipBombs, size: 20, outcomes: [...limited, '415'] },
    'bodies of 10 MB': { ...one, flood: largeBodies, size: 5, outcomes: [...limited, '413'] },
    'unknown key ids': { addresses: 200, flood: unknownKeys(tokenIssuer), size: 50, outcomes: [...limited, '401'] },
    'pings over sockets': { ...one, flood: pings, size: 20, outcomes: [...limited, '4429'] },
    'messages over sockets': { ...one, flood: messages, size: 20, outcomes: [...limited, '4429'] },
    'messages of 1 MB': { ...one, flood: oversizedMessages, size: 10, outcomes: [...limited, '1009'] },
    'operations over sockets': { ...one, flood: operations, size: 20, outcomes: [...limited, '4429'] },
  };
}

/** Loopback addresses other than the one that regular clients use. */
export function sourceAddresses({ addresses }: AttackPlan): string[] {
  return Array.from({ length: addresses }, (_, index) => `127.0.1.${index + 2}`);
}
