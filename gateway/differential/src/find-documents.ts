import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, type GraphQLSchema, Kind, parse, validate } from 'graphql';

/** Finds GraphQL documents in the tests of a folder: those that are valid on a schema and have one operation. */
export function findDocuments(folder: string, schema: GraphQLSchema): DocumentNode[] {
  const texts = new Set(testFilesIn(folder).flatMap((file) => literals(readFileSync(file, 'utf8'))));
  return [...texts].flatMap(parseDocument).filter((document) => isValid(schema, document));
}

/** TypeScript files in folders named `test`. */
function testFilesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ignoredFolders.test(entry.name) ? [] : testFilesIn(path);
    return entry.name.endsWith('.ts') && path.includes('/test/') ? [path] : [];
  });
}

/** Installed and generated files, which outnumber the sources. */
const ignoredFolders = /^(node_modules|dist|\..*)$/;

/** String literals, with the constants of the same file substituted. */
function literals(code: string): string[] {
  const constants = new Map<string, string>();
  for (const [, name = '', , text = ''] of code.matchAll(/\bconst (\w+) = (['"`])((?:(?!\2)[^\\]|\\.)*)\2/g)) {
    constants.set(name, text);
  }
  const filled = (text: string): string => text.replace(/\$\{(\w+)\}/g, (_, name: string) => constants.get(name) ?? '');
  const found = [...code.matchAll(/(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g)].map(([, , text = '']) => text);
  return found.filter((text) => text.includes('{')).map((text) => filled(filled(text)).replace(/\\(["'`])/g, '$1'));
}

function parseDocument(text: string): DocumentNode[] {
  try {
    const document = parse(text);
    const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? [document] : [];
  } catch {
    return [];
  }
}

/** graphql-js throws, instead of returning an error, for a subscription with a condition on a root field. */
function isValid(schema: GraphQLSchema, document: DocumentNode): boolean {
  try {
    return validate(schema, document).length === 0;
  } catch {
    return false;
  }
}
