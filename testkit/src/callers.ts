import { randomUUID } from 'node:crypto';
import type { MachineCaller, Role, UserCaller } from '@marquee/chassis/identity/caller';

/** A user, as the gateway signs one. @param id a new one by default */
export function userCaller(role: Role = 'FREELANCER', id: string = randomUUID()): UserCaller {
  return { kind: 'user', id, sub: `sub-${id}`, role, scopes: [] };
}

/** A machine client with these scopes. */
export function machineCaller(...scopes: string[]): MachineCaller {
  return { kind: 'machine', clientId: 'test-machine', scopes };
}
