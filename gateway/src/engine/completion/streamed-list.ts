import { type GraphQLOutputType, isListType, isNonNullType } from 'graphql';
import type { ResponseField, StreamedField } from './collect-fields.js';
import { compileValue, type ValueOptions } from './complete-value.js';
import { completeItems, type CompleteValue, nulled, propagateNull } from './null-propagation.js';

/** Compiles the completion of a field's values; of a list with `@stream` only the first items. */
export function compileList(field: ResponseField, type: GraphQLOutputType, options: ValueOptions): CompleteValue {
  const { stream } = field;
  if (!stream) return compileValue(field, type, options);
  if (isNonNullType(type)) return options.completeNonNull(field, type.ofType, compileList(field, type.ofType, options));
  const whole = compileValue(field, type, options);
  return isListType(type) ? streamed(stream, whole, compileValue(field, type.ofType, options)) : whole;
}

/** The later items of a list are announced with it, and completed later from the same data. */
function streamed(stream: StreamedField, whole: CompleteValue, completeItem: CompleteValue): CompleteValue {
  return (value, context) => {
    const from = stream.initialCount(context.variables);
    if (!context.pending || !Array.isArray(value) || value.length <= from) return whole(value, context);
    const items = completeItems(value.slice(0, from), completeItem, context, 0);
    if (items === nulled) return items;
    context.pending.push({
      label: stream.label,
      path: [...context.path],
      from,
      complete(later) {
        const rest = completeItems(value, completeItem, later, from);
        return rest === nulled ? propagateNull : rest;
      },
    });
    return items;
  };
}
