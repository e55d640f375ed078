/**
 * Replaces Amazon Cognito in the embedded run: it issues tokens with the same claims, signed with its own key. It issues
 * them without authentication, and therefore refuses to start in production.
 */
import { allowOrigins, withCors } from '@marquee/chassis/http/cors';
import type { Handler } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';
import type { Service } from '@marquee/chassis/process/run-service';
import { type IssuerSettings, issuerSettings } from '../config.js';
import { people, type Person } from '../people.js';
import { clientCredentials } from './client-credentials.js';
import { clientSecret, type MachineClient, machineClients } from './clients.js';
import { personToken } from './person-token.js';
import { createTokenIssuer } from './tokens.js';
import { type RemovedUsers, userAdministration } from './user-administration.js';

export const service: Service<IssuerSettings> = {
  name: 'issuer',
  settings: issuerSettings,
  async open({ settings }) {
    const tokens = await createTokenIssuer(settings.ISSUER_KEY, settings.ISSUER_URL);
    const removed: RemovedUsers = new Set();
    const cors = { isAllowedOrigin: allowOrigins(settings.CORS_ORIGINS, true), headers: [] };
    const forPages = (handler: Handler): Handler => withCors(cors, handler);
    return {
      routes: {
        '/': userAdministration(removed),
        '/oauth2/token': forPages(clientCredentials(tokens, settings.SCOPE_PREFIX)),
        '/token': forPages(personToken(tokens, removed)),
        '/people': forPages((_, response) => sendJson(response, 200, people.map(personSummary))),
        '/clients': forPages((_, response) => sendJson(response, 200, machineClients.map(withSecret))),
        '/.well-known/jwks.json': forPages((_, response) => sendJson(response, 200, tokens.publicKeys)),
      },
      check: () => Promise.resolve(),
    };
  },
};

/** The fields with which a page lists the people to sign in as. */
function personSummary({ sub, name, role }: Person): Pick<Person, 'sub' | 'name' | 'role'> {
  return { sub, name, role };
}

/** A machine client as a developer uses it; outside of the embedded run, secrets are not public. */
function withSecret({ id, scopes }: MachineClient): MachineClient & { secret: string } {
  return { id, secret: clientSecret(id), scopes };
}
