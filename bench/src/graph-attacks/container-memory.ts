import { environments, serviceMemory } from '@marquee/deploy/environments';

/** MiB of the container of a service in production. */
export const containerMemory = serviceMemory(environments.prod);
