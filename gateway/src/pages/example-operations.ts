import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { SettingsError } from '@marquee/chassis/config/settings';
import { type GraphQLSchema, type OperationDefinitionNode, parse, validate, valueFromASTUntyped } from 'graphql';
import { operationsOf } from '../engine/document-definitions.js';
import type { Engine } from '../engine/engine.js';

/** An example operation on the landing page. */
export interface Example {
  name: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** The comment above it. */
  title: string;
  text: string;
  /** The defaults of its variables. */
  variables: Readonly<Record<string, unknown>>;
}

/** The examples that are valid for the current schema. */
export type Examples = () => readonly Example[];

/**
 * Reads named operations from a file of the directory of examples. The comment above an operation is its title. A file
 * that does not exist has no examples.
 * @throws SettingsError if the directory does not exist, or the file is not GraphQL
 */
export async function openExamples(directory: string | undefined, file: string, engine: Engine): Promise<Examples> {
  const examples = directory === undefined ? [] : await read(directory, file);
  const validExamples = memoizeWeak((schema: GraphQLSchema): readonly Example[] =>
    examples.filter(({ text }) => validate(schema, parse(text)).length === 0),
  );
  return () => validExamples(engine.graph().schema);
}

async function read(directory: string, file: string): Promise<Example[]> {
  try {
    const files = await readdir(directory);
    if (!files.includes(file)) return [];
    const text = await readFile(join(directory, file), 'utf8');
    return operationsOf(parse(text)).map((operation) => exampleOf(operation, text));
  } catch (failure) {
    throw new SettingsError([`EXAMPLES: cannot read "${join(directory, file)}": ${(failure as Error).message}`]);
  }
}

function exampleOf(definition: OperationDefinitionNode, text: string): Example {
  const { name, operation: kind, loc, variableDefinitions = [] } = definition;
  const { start = 0, end = 0 } = loc ?? {};
  const [comment = ''] = /(?:^#.*\n)+(?![^])/m.exec(text.slice(0, start)) ?? [];
  const defaults = variableDefinitions.filter(({ defaultValue }) => defaultValue);
  const variables = Object.fromEntries(
    defaults.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue && valueFromASTUntyped(defaultValue),
    ]),
  );
  const title = comment.replace(/^#\s*/gm, '').trim().replace(/\s+/g, ' ');
  return { name: name?.value ?? kind, kind, title, text: text.slice(start, end), variables };
}
