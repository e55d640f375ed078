import { awsSettings, readSettings, type Variables } from '@marquee/chassis/config/settings';
import { type Dynamo, openDynamo, type TableDefinition, tableSettings } from '@marquee/chassis/dynamodb/open-table';
import { eventConsumerSettings, type EventSettings } from '@marquee/chassis/events/event-settings';
import type { Outbox } from '@marquee/chassis/events/outbox';
import { openPostgres, schemaSettings } from '@marquee/chassis/postgres/open-database';
import { postgresOutbox } from '@marquee/chassis/postgres/postgres-outbox';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Subgraph } from '@marquee/schema/services';
import { z } from 'zod';

/** The outbox of a service, until it is closed. */
export interface OpenOutbox extends Closable {
  outbox: Outbox;
}

/** Opens the outbox of a service. @param variables those of the service. @throws SettingsError */
export async function openOutbox({ name, store }: Subgraph, variables: Variables): Promise<OpenOutbox> {
  if (store === 'postgres') {
    const { source, close } = await openPostgres(readSettings(schemaSettings, variables), { entities: [] });
    return { outbox: postgresOutbox(source, name), close };
  }
  const { tableDefinition } = (await import(`@marquee/${name}/table`)) as { tableDefinition: TableDefinition };
  const { eventOutbox } = (await import(`@marquee/${name}/event-outbox`)) as { eventOutbox(dynamo: Dynamo): Outbox };
  const dynamo = await openDynamo(readSettings(tableSettings, variables), tableDefinition);
  return { outbox: eventOutbox(dynamo), close: () => dynamo.close() };
}

/** The queue of a service. @throws SettingsError */
export function queueOf(variables: Variables): EventSettings {
  return readSettings(queueSettings, variables);
}

const queueSettings = z.object({
  ...awsSettings,
  EVENTS_QUEUE_URL: eventConsumerSettings.EVENTS_QUEUE_URL.unwrap(),
  EVENTS_ENDPOINT: eventConsumerSettings.EVENTS_ENDPOINT,
});
