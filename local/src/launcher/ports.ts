import { isFree } from '@marquee/testkit/ports';
import type { Ports } from './instance.js';
import { UserError } from './user-error.js';

/**
 * Looks whether every part can listen.
 * @throws Refusal naming each taken port, its part and the variable that moves it
 */
export async function checkPorts(ports: Ports, names: readonly (keyof Ports)[]): Promise<void> {
  const free = await Promise.all(names.map((name) => isFree(ports[name])));
  const taken = names.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const lines = taken.map((name) => `  port ${ports[name]} of ${name}: ${remedy(name)}`);
  throw new UserError(`Something else listens where this copy would:\n${lines.join('\n')}`);
}

function remedy(name: keyof Ports): string {
  return name === 'issuer' ? 'set ISSUER_PORT, or PORT to move the whole copy' : 'set PORT to move the whole copy';
}
