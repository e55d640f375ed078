import type { Handler, Routes } from '@marquee/chassis/http/server';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import type { Engine } from '../engine/engine.js';
import type { Identity } from '../identity/identity.js';
import { createAccess } from './access.js';
import { apiSchema } from './api-schema.js';
import { openAssets } from './assets.js';
import { developmentPeople, tokenOfPerson } from './development.js';
import { openExamples } from './examples.js';
import { explorerPages } from './explorer.js';
import { frontPage } from './front.js';
import { only } from './method.js';
import { createServiceStatus, statusPage } from './status.js';

export interface DoorOptions {
  settings: Pick<GatewaySettings, DoorSetting>;
  engine: Engine;
  identity: Identity;
  log: Logger;
}

type DoorSetting =
  | 'NODE_ENV'
  | 'SERVICE_VERSION'
  | 'SUBGRAPH_URLS'
  | 'CALLER_SIGNING_KEY'
  | 'COGNITO_ISSUER'
  | 'FRONT_DOOR'
  | 'EXPLORER'
  | 'EXAMPLES'
  | 'DEV_ISSUER_URL';

/**
 * The pages for people, and what they load; none with FRONT_DOOR=false.
 * @throws SettingsError when the examples cannot be read
 */
export async function openDoor({ settings, engine, identity, log }: DoorOptions): Promise<Routes> {
  if (!settings.FRONT_DOOR) return {};
  const access = createAccess(settings, identity);
  const status = createServiceStatus(settings, engine);
  const people = developmentPeople(settings.DEV_ISSUER_URL, log);
  const examples = await openExamples(settings.EXAMPLES, engine);
  const reading = (handler: Handler): Handler => only(['GET', 'HEAD'], handler);
  return {
    '/': reading(frontPage({ settings, engine, access, status, people, examples })),
    '/status': reading(statusPage(status, access)),
    '/schema.graphql': reading(apiSchema(engine, access)),
    '/assets/*': reading(await openAssets(log)),
    ...(settings.EXPLORER !== 'off' && explorerPages(access)),
    ...(settings.DEV_ISSUER_URL !== undefined && { '/dev/token': tokenOfPerson(settings.DEV_ISSUER_URL, people) }),
  };
}
