import { isPortFree } from '@marquee/chassis/process/ports';
import { listenerNames, portOf, type Ports } from './instance.js';
import { UserError } from './user-error.js';

/**
 * Checks that every process can listen on its port.
 * @throws UserError naming each occupied port, its process and the variable that changes it
 */
export async function checkPorts(ports: Ports): Promise<void> {
  const free = await Promise.all(listenerNames.map((name) => isPortFree(portOf(ports, name))));
  const occupied = listenerNames.filter((_, index) => !free[index]);
  if (occupied.length === 0) return;
  const lines = occupied.map((name) => `  port ${portOf(ports, name)} of ${name}: ${remedy(name)}`);
  throw new UserError(`Other programs already listen on these ports:\n${lines.join('\n')}`);
}

function remedy(name: string): string {
  return name === 'issuer'
    ? 'set ISSUER_PORT, or PORT to move the whole instance'
    : 'set PORT to move the whole instance';
}
