import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { deferName, streamName } from '@marquee/chassis/graphql/incremental-schema';
import { type ArgumentNode, type DirectiveNode, type DocumentNode, type FieldNode, Kind, visit } from 'graphql';

export function isIncremental({ name }: DirectiveNode): boolean {
  return name.value === deferName || name.value === streamName;
}

export function argumentOf({ arguments: given = [] }: DirectiveNode, name: string): ArgumentNode | undefined {
  return given.find((argument) => argument.name.value === name);
}

/** The value of a label that is a literal. */
export function labelOf(directive: DirectiveNode): string | undefined {
  const value = argumentOf(directive, 'label')?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

export function streamOf({ directives = [] }: FieldNode): DirectiveNode | undefined {
  return directives.find(({ name }) => name.value === streamName);
}

/** The `@defer` and `@stream` directives of a document. */
export const incrementalDirectivesOf = memoizeWeak((document: DocumentNode): readonly DirectiveNode[] => {
  const found: DirectiveNode[] = [];
  visit(document, { Directive: (directive) => void (isIncremental(directive) && found.push(directive)) });
  return found;
});
