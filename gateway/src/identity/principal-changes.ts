import { type BusSettings, openBus } from '@marquee/chassis/bus/open-bus';
import { principalTopic } from '@marquee/chassis/identity/principal-topic';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { Principals } from './principals.js';

export interface PrincipalChangesOptions {
  settings: BusSettings;
  principals: Principals;
  log: Logger;
}

/**
 * Drops cached principals when the users service announces that they have changed, so that a demotion or deactivation
 * takes effect at once. Without Redis it takes effect when the cached principal expires.
 */
export async function followPrincipalChanges(options: PrincipalChangesOptions): Promise<Closable> {
  if (options.settings.REDIS_URL === undefined) return { close: () => undefined };
  const bus = await openBus(options.settings, options.log);
  const end = new AbortController();
  const changes = bus.subscribe(principalTopic, end.signal, { catchUp: true });
  void dropChanged(changes, options);
  return {
    async close() {
      end.abort();
      await bus.close();
    },
  };
}

async function dropChanged(
  changes: AsyncIterable<Readonly<Record<string, string | number>>>,
  { principals, log }: PrincipalChangesOptions,
): Promise<void> {
  try {
    for await (const { sub } of changes) {
      if (sub === undefined) principals.expireAll();
      else principals.drop(String(sub));
    }
  } catch (err) {
    log.error({ err }, 'changed principals are no longer dropped at once');
  }
}
