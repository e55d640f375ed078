import { rejectUnknownCaller } from '@marquee/chassis/identity/caller';
import type { Identity } from './identity.js';
import { callerRefused, tokenMissing } from '../admission/refusals.js';

/** Lets programs in and nobody else. */
export function requireMachine(identity: Identity): Identity {
  return {
    ...identity,
    async identify(presented) {
      const caller = await identity.identify(presented);
      switch (caller.kind) {
        case 'machine':
          return caller;
        case 'guest':
          throw tokenMissing('This needs a token of client credentials.');
        case 'user':
        case 'gateway':
          throw callerRefused('This is for programs: it needs a token of client credentials.');
        default:
          return rejectUnknownCaller(caller);
      }
    },
  };
}

/** Turns away the programs with these client ids. */
export function rejectClients(clientIds: readonly string[], identity: Identity): Identity {
  return {
    ...identity,
    async identify(presented) {
      const caller = await identity.identify(presented);
      if (caller.kind === 'machine' && clientIds.includes(caller.clientId))
        throw callerRefused('This is not for clients of a contract.');
      return caller;
    },
  };
}
