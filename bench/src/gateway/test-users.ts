import { start } from '@marquee/chassis/process/run-service';
import { webClientId } from '@marquee/local/issuer/clients';
import { service } from '@marquee/local/issuer/service';
import { exportJWK, generateKeyPair } from 'jose';

/** Signed-in users with tokens that are valid for the whole measurement. */
export interface TestUsers {
  tokens: string[];
  trust: IssuerVariables;
  close(): Promise<void>;
}

/** Environment variables with which Marquee's gateway trusts an issuer. */
export interface IssuerVariables extends Record<string, string> {
  COGNITO_ISSUER: string;
  COGNITO_CLIENT_IDS: string;
  COGNITO_JWKS_URI: string;
}

/** Enough users to keep a thousand sockets below the limit of sockets per caller. */
const count = 40;

export async function openTestUsers(): Promise<TestUsers> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const issuer = 'http://issuer.example.com';
  const running = await start(service, {
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DRAIN_DELAY_SECONDS: '0',
    DRAIN_SECONDS: '0',
    ISSUER_URL: issuer,
    ISSUER_KEY: JSON.stringify(await exportJWK(privateKey)),
  });
  const token = async (_: unknown, index: number): Promise<string> => {
    const url = `${running.url}/token?user=person-${index}&ttl=86400`;
    return (await (await fetch(url, { headers: { accept: 'text/plain' } })).text()).trim();
  };
  return {
    tokens: await Promise.all(Array.from({ length: count }, token)),
    trust: {
      COGNITO_ISSUER: issuer,
      COGNITO_CLIENT_IDS: webClientId,
      COGNITO_JWKS_URI: `${running.url}/.well-known/jwks.json`,
    },
    close: () => running.close(),
  };
}
