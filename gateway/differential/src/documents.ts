import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, type GraphQLSchema, Kind, parse, validate } from 'graphql';

/** Finds the documents in the code of a folder that are valid on a schema, each with one operation. */
export function documentsIn(folder: string, schema: GraphQLSchema): DocumentNode[] {
  const texts = new Set(testsIn(folder).flatMap((file) => literals(readFileSync(file, 'utf8'))));
  return [...texts].flatMap(parsed).filter((document) => validate(schema, document).length === 0);
}

/** TypeScript in folders that hold tests. */
function testsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return passedBy.test(entry.name) ? [] : testsIn(path);
    return entry.name.endsWith('.ts') && path.includes('/test/') ? [path] : [];
  });
}

/** What is installed or made, and holds far more files than what is written. */
const passedBy = /^(node_modules|dist|\..*)$/;

/** Texts in quotes, with the constants of the same file put into them. */
function literals(code: string): string[] {
  const constants = new Map<string, string>();
  for (const [, name = '', , text = ''] of code.matchAll(/\bconst (\w+) = (['"`])((?:(?!\2)[^\\]|\\.)*)\2/g)) {
    constants.set(name, text);
  }
  const filled = (text: string): string => text.replace(/\$\{(\w+)\}/g, (_, name: string) => constants.get(name) ?? '');
  const found = [...code.matchAll(/(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g)].map(([, , text = '']) => text);
  return found.filter((text) => text.includes('{')).map((text) => filled(filled(text)).replace(/\\(["'`])/g, '$1'));
}

function parsed(text: string): DocumentNode[] {
  try {
    const document = parse(text);
    const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? [document] : [];
  } catch {
    return [];
  }
}
