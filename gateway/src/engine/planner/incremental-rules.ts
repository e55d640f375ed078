import { streamName } from '@marquee/chassis/graphql/incremental-schema';
import {
  type ASTVisitor,
  type DirectiveNode,
  GraphQLError,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
  type ValidationContext,
} from 'graphql';
import { argumentOf, incrementalDirectivesOf, isIncremental } from '../incremental-directives.js';

/**
 * The validation rules for `@defer` and `@stream`, after the proposal for the GraphQL specification:
 * labels are unique literals, root fields of mutations and subscriptions are not deferred, subscriptions defer nothing,
 * and only lists are streamed.
 */
export const incrementalRules = [labelRule, rootFieldRule, operationRule, listRule];

function labelRule(context: ValidationContext): ASTVisitor {
  const labels = new Set<string>();
  return {
    Directive(directive) {
      const value = isIncremental(directive) ? argumentOf(directive, 'label')?.value : undefined;
      if (!value || value.kind === Kind.NULL) return;
      if (value.kind !== Kind.STRING) return report(context, directive, 'The label of @$ must be a literal string.');
      if (labels.has(value.value))
        report(context, directive, `The label "${value.value}" of @$ is used more than once.`);
      labels.add(value.value);
    },
  };
}

function rootFieldRule(context: ValidationContext): ASTVisitor {
  const schema = context.getSchema();
  return {
    Directive(directive) {
      if (!isIncremental(directive)) return;
      const parent = context.getParentType();
      for (const [type, kind] of [
        [schema.getMutationType(), 'mutation'],
        [schema.getSubscriptionType(), 'subscription'],
      ] as const)
        if (type && parent === type && !isOff(directive))
          report(context, directive, `@$ cannot be used on the root fields of a ${kind}.`);
    },
  };
}

function operationRule(context: ValidationContext): ASTVisitor {
  if (incrementalDirectivesOf(context.getDocument()).length === 0) return {};
  return {
    OperationDefinition(operation) {
      if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return;
      for (const directive of directivesWithin(context, operation))
        if (isIncremental(directive) && !isConditional(directive) && !isOff(directive))
          report(context, directive, '@$ is not supported in subscriptions. Use "if: false" to turn it off.');
    },
  };
}

function directivesWithin(context: ValidationContext, operation: OperationDefinitionNode): DirectiveNode[] {
  const found: DirectiveNode[] = [];
  const Directive = (directive: DirectiveNode): void => void found.push(directive);
  for (const node of [operation, ...context.getRecursivelyReferencedFragments(operation)]) visit(node, { Directive });
  return found;
}

function listRule(context: ValidationContext): ASTVisitor {
  return {
    Field({ directives = [] }) {
      const stream = directives.find(({ name }) => name.value === streamName);
      const type = context.getFieldDef()?.type;
      if (!stream || !type) return;
      if (!isListType(isNonNullType(type) ? type.ofType : type))
        report(context, stream, '@$ can only be used on a list.');
      const count = argumentOf(stream, 'initialCount')?.value;
      if (count?.kind === Kind.INT && Number(count.value) < 0)
        report(context, stream, `The initialCount of @$ must be at least 0, and not ${count.value}.`);
    },
  };
}

/** @param message with `@$` for the directive */
function report(context: ValidationContext, directive: DirectiveNode, message: string): void {
  context.reportError(new GraphQLError(message.replace('@$', `@${directive.name.value}`), { nodes: directive }));
}

function isOff(directive: DirectiveNode): boolean {
  const value = argumentOf(directive, 'if')?.value;
  return value?.kind === Kind.BOOLEAN && !value.value;
}

function isConditional(directive: DirectiveNode): boolean {
  return argumentOf(directive, 'if')?.value.kind === Kind.VARIABLE;
}
