import { readdir, readFile } from 'node:fs/promises';
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
  const published = await readdir(join(directory, folder)).catch(() => []);
  const compared = published.map(async (name) => {
    const problems = await problemsOf(join(directory, folder, name), files.get(`${folder}${name}`));
    return problems.map((problem) => `schema/${folder}${name}: ${problem}`);
  });
  const problems = (await Promise.all(compared)).flat();
  if (problems.length > 0) throw new EventCompatibilityError(problems);
}

/** The file of an event that is no longer emitted remains until no queue contains one. */
async function problemsOf(file: string, next: string | undefined): Promise<string[]> {
  if (next === undefined)
    return ['the event is not in the catalogue; delete this file when no service and no queue needs it any more'];
  return incompatibilities(JSON.parse(await readFile(file, 'utf8')) as EventSchema, JSON.parse(next) as EventSchema);
}

function toText(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
