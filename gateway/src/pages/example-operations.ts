import { readFile } from 'node:fs/promises';
import { SettingsError } from '@marquee/chassis/config/settings';
import { type GraphQLSchema, type OperationDefinitionNode, parse, validate } from 'graphql';
import { operationsOf } from '../engine/document-definitions.js';
import type { Engine } from '../engine/engine.js';

/** An operation that a visitor may run. */
export interface Example {
  name: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** The comment above it. */
  title: string;
  text: string;
}

/** The examples that fit the graph as it is now. */
export type Examples = () => readonly Example[];

/**
 * Reads named operations, each with a comment above that says what it does.
 * @throws SettingsError when there is no such file, or it is not GraphQL
 */
export async function openExamples(path: string | undefined, engine: Engine): Promise<Examples> {
  const examples = path === undefined ? [] : await read(path);
  const fitting = new WeakMap<GraphQLSchema, readonly Example[]>();
  return () => {
    const { schema } = engine.graph();
    const known = fitting.get(schema) ?? examples.filter(({ text }) => validate(schema, parse(text)).length === 0);
    fitting.set(schema, known);
    return known;
  };
}

async function read(path: string): Promise<Example[]> {
  try {
    const text = await readFile(path, 'utf8');
    return operationsOf(parse(text)).map((operation) => exampleOf(operation, text));
  } catch (failure) {
    throw new SettingsError([`EXAMPLES: cannot read "${path}": ${(failure as Error).message}`]);
  }
}

function exampleOf({ name, operation: kind, loc }: OperationDefinitionNode, text: string): Example {
  const { start = 0, end = 0 } = loc ?? {};
  const [comment = ''] = /(?:^#.*\n)+$/m.exec(text.slice(0, start)) ?? [];
  const title = comment.replace(/^#\s*/gm, '').trim().replace(/\s+/g, ' ');
  return { name: name?.value ?? kind, kind, title, text: text.slice(start, end) };
}
