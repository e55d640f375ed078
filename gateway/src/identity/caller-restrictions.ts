import { rejectUnknownCaller } from '@marquee/chassis/identity/caller';
import { callerRefused, tokenMissing } from '../admission/caller-refusals.js';
import type { Identity } from './identity.js';

/** Accepts machine clients only. */
export function requireMachine(identity: Identity): Identity {
  return {
    ...identity,
    async identify(credentials) {
      const caller = await identity.identify(credentials);
      switch (caller.kind) {
        case 'machine':
          return caller;
        case 'guest':
          throw tokenMissing('Send an access token from the client credentials grant.');
        case 'user':
        case 'gateway':
          throw callerRefused('Only machine clients may use this API: send a token from the client credentials grant.');
        default:
          return rejectUnknownCaller(caller);
      }
    },
  };
}

/** Rejects the machine clients with these client ids. */
export function rejectClients(clientIds: readonly string[], identity: Identity): Identity {
  return {
    ...identity,
    async identify(credentials) {
      const caller = await identity.identify(credentials);
      if (caller.kind === 'machine' && clientIds.includes(caller.clientId))
        throw callerRefused('Partner clients may use the partner API only.');
      return caller;
    },
  };
}
