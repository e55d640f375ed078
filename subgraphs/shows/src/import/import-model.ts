import type { FieldProblem } from '@marquee/chassis/errors/errors';
import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import { Show } from '../shows/show-model.js';
import type { ShowRow } from '../shows/show-row.js';

@ObjectType({ description: 'The item was added as a new show.' })
export class ShowCreated {
  @Field(() => Show, { description: 'The new show.' })
  show!: ShowRow;
}

@ObjectType({ description: 'A show with this slug already exists. It was not changed.' })
export class ShowConflict {
  @Field(() => ID, { description: 'The slug of the existing show.' })
  slug!: string;
}

@ObjectType({ description: 'An invalid value of an item.' })
export class InvalidField {
  @Field(() => String, {
    description: 'The path of the value within the item, for example `nextEpisode.url` or `seasons.0.slug`.',
  })
  path!: string;

  @Field(() => String, { description: 'The problem with the value, in English.' })
  message!: string;
}

@ObjectType({ description: 'The item is invalid. Nothing of it was stored.' })
export class ShowInvalid {
  @Field(() => Int, { description: 'The position of the item in the payload, from 0.' })
  index!: number;

  @Field(() => [InvalidField], { description: 'Every invalid value of the item.' })
  fields!: FieldProblem[];
}

/** The outcome of one item; `kind` names the member of the union. */
export type ImportResult =
  | { kind: 'ShowCreated'; show: ShowRow }
  | { kind: 'ShowConflict'; slug: string }
  | { kind: 'ShowInvalid'; index: number; fields: FieldProblem[] };

export const ImportResultUnion = createUnionType({
  name: 'ImportResult',
  description: 'The outcome of one item of an import.',
  types: () => [ShowCreated, ShowConflict, ShowInvalid] as const,
  resolveType: (result) => (result as unknown as ImportResult).kind,
});
