import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { z } from 'zod';

/** A JSON Schema, with the types of the part that is compared. */
export interface EventSchema {
  [keyword: string]: unknown;
  properties?: Readonly<Record<string, unknown>>;
  required?: readonly string[];
}

/** The name of the file with the schema of an event, such as `UserDeleted.v1.json`. */
export function schemaFileName({ type, version }: Pick<EventDefinition, 'type' | 'version'>): string {
  return `${type}.v${version}.json`;
}

/** The JSON Schema of the data of an event. */
export function eventSchema({ source, type, version, description, data }: EventDefinition): EventSchema {
  const { $schema, ...schema } = z.toJSONSchema(data, { io: 'input' });
  return { $schema, title: `${source}.${type}, version ${version}`, description, ...schema };
}

/**
 * Why a schema cannot replace the published one under the same version; empty if it can. Services of the previous build
 * still read the events, and queues still contain events of that build: a change only adds optional properties.
 */
export function incompatibilities(published: EventSchema, next: EventSchema): string[] {
  const before = published.properties ?? {};
  const after = next.properties ?? {};
  const changed = Object.keys(before).flatMap((name) => {
    if (!(name in after)) return [`the property "${name}" was removed`];
    return rules(before[name]) === rules(after[name]) ? [] : [`the property "${name}" was changed`];
  });
  const [wasRequired, isRequired] = [new Set(published.required), new Set(next.required)];
  const optional = [...wasRequired].filter((name) => name in after && !isRequired.has(name));
  const required = [...isRequired].filter((name) => !wasRequired.has(name));
  return [
    ...changed,
    ...optional.map((name) => `the property "${name}" became optional`),
    ...required.map((name) => `the property "${name}" is required, which events of the previous build lack`),
  ];
}

/** A property without its description. */
function rules(property: unknown): string {
  return JSON.stringify({ ...(property as object), description: undefined });
}
