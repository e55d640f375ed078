import { readFile } from 'node:fs/promises';
import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { SettingsError } from '@marquee/chassis/config/settings';
import { type GraphQLSchema, type OperationDefinitionNode, parse, validate } from 'graphql';
import { operationsOf } from '../engine/document-definitions.js';
import type { Engine } from '../engine/engine.js';

/** An example operation on the landing page. */
export interface Example {
  name: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** The comment above it. */
  title: string;
  text: string;
}

/** The examples that are valid for the current schema. */
export type Examples = () => readonly Example[];

/**
 * Reads named operations from a file. The comment above an operation is its title.
 * @throws SettingsError if the file does not exist or is not GraphQL
 */
export async function openExamples(path: string | undefined, engine: Engine): Promise<Examples> {
  const examples = path === undefined ? [] : await read(path);
  const validExamples = memoizeWeak((schema: GraphQLSchema): readonly Example[] =>
    examples.filter(({ text }) => validate(schema, parse(text)).length === 0),
  );
  return () => validExamples(engine.graph().schema);
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
