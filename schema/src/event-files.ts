import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '@marquee/events/catalogue';
import { type EventSchema, eventSchema, incompatibilities, schemaFileName } from '@marquee/events/event-schemas';

/** A type of events has changed in a way that other services and queued events do not tolerate. */
export class EventCompatibilityError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `Incompatible changes of events; publish a new version instead:\n${problems.map((line) => `  ${line}\n`).join('')}`,
    );
    this.name = 'EventCompatibilityError';
  }
}

const folder = 'events/published/';

/** The JSON Schema of every event, by its path below `schema/`. */
export function eventFiles(): Map<string, string> {
  return new Map(catalogue.map((event) => [`${folder}${schemaFileName(event)}`, toText(eventSchema(event))]));
}

/** Compares the events with the published files of a directory. @throws EventCompatibilityError */
export async function assertCompatible(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const events = [...files].filter(([path]) => path.startsWith(folder));
  const compared = events.map(async ([path, next]) => {
    const published = await readFile(join(directory, path), 'utf8').catch(() => undefined);
    if (published === undefined) return [];
    const problems = incompatibilities(JSON.parse(published) as EventSchema, JSON.parse(next) as EventSchema);
    return problems.map((problem) => `schema/${path}: ${problem}`);
  });
  const problems = (await Promise.all(compared)).flat();
  if (problems.length > 0) throw new EventCompatibilityError(problems);
}

function toText(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
