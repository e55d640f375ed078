import { createApp } from '../src/app.js';
import { deployers } from '../src/delivery/deployers.js';
import { environments } from '../src/environments.js';
import { templatesPath } from '../src/paths.js';
import { site } from '../src/stacks/site.js';
import { openTemplates, synthesize, type Templates } from './templates.js';

/** The templates under test. */
export let prod: Templates;
export let shared: Templates;
/** The roles of the workflows in the environment to which branches are deployed. */
export let stagingRoles: Templates;

/** Synthesizes the templates; call it before the first assertion. */
export function synthesizeAll(): void {
  synthesize('prod', 'delivery');
  prod = openTemplates('prod');
  shared = openTemplates('delivery');
  stagingRoles = synthesizeStagingRoles();
}

function synthesizeStagingRoles(): Templates {
  const name = 'staging-roles';
  const app = createApp(templatesPath(name));
  deployers(app, environments.test, site(app, environments.test));
  app.synth();
  return openTemplates(name);
}
