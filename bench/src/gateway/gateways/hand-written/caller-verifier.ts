import type { IncomingMessage } from 'node:http';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { CallerSigner } from '@marquee/chassis/identity/caller-signature';
import { openLog } from '@marquee/chassis/telemetry/log';
import { freshKeys } from '@marquee/testkit/test-keys';
import { openIdentity } from '@marquee/gateway/identity/identity';
import { createPrincipals } from '@marquee/gateway/identity/principals';
import type { GatewayInput } from '../start-gateway.js';

/** Verifies, looks up and signs callers with the modules of Marquee's gateway: no gateway can omit this work. */
export interface CallerVerifier {
  identify(request: IncomingMessage): Promise<Caller>;
  sign: CallerSigner['sign'];
}

export async function openCallerVerifier({ subgraphs, trust }: GatewayInput): Promise<CallerVerifier> {
  const log = openLog('hand-written', '', 'silent');
  const users = {
    async execute(operation: object) {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body: JSON.stringify(operation) };
      const response = await fetch(subgraphs.services.users, request);
      return (await response.json()) as { data?: Record<string, unknown> };
    },
  };
  const { COGNITO_ISSUER, COGNITO_CLIENT_IDS, COGNITO_JWKS_URI } = trust;
  const identity = openIdentity({
    settings: {
      COGNITO_ISSUER,
      COGNITO_CLIENT_IDS: [COGNITO_CLIENT_IDS],
      COGNITO_JWKS_URI,
      SCOPE_PREFIX: '',
      DEV_IDENTITY: false,
      TOKEN_MAX_SECONDS: 86_400,
    },
    principals: createPrincipals({ users: () => users, log }),
    log,
  });
  const { signer } = await freshKeys();
  return {
    identify: ({ headers }) => identity.identify((name) => headers[name] as string | undefined),
    sign: signer.sign,
  };
}
