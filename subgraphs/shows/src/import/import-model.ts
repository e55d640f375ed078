import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import type { FieldProblem } from '@marquee/chassis/errors/errors';
import type { ShowRow } from '../shows/show-row.js';
import { Show } from '../shows/show-model.js';

@ObjectType({ description: 'The show was added.' })
export class ShowCreated {
  @Field(() => Show)
  show!: ShowRow;
}

@ObjectType({ description: 'There is a show with this slug already; it was left as it is.' })
export class ShowConflict {
  @Field(() => ID)
  slug!: string;
}

@ObjectType({ description: 'A value that was refused.' })
export class InvalidField {
  @Field(() => String, { description: 'Where in the item, like `nextEpisode.url` or `seasons.0.slug`.' })
  path!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType({ description: 'The item is not a show; nothing of it was stored.' })
export class ShowInvalid {
  @Field(() => Int, { description: 'The place in the payload, from 0.' })
  index!: number;

  @Field(() => [InvalidField])
  fields!: FieldProblem[];
}

/** What became of one item; the name tells the member of the union. */
export type ImportResult =
  | { kind: 'ShowCreated'; show: ShowRow }
  | { kind: 'ShowConflict'; slug: string }
  | { kind: 'ShowInvalid'; index: number; fields: FieldProblem[] };

const ImportResultUnion = createUnionType({
  name: 'ImportResult',
  description: 'What became of one item of an import.',
  types: () => [ShowCreated, ShowConflict, ShowInvalid] as const,
  resolveType: (result) => (result as unknown as ImportResult).kind,
});

@ObjectType()
export class ImportShowsPayload {
  @Field(() => [ImportResultUnion], { description: 'One for each item, in the order of the payload.' })
  results!: ImportResult[];
}

@ObjectType()
export class UpdateShowPayload {
  @Field(() => Show)
  show!: ShowRow;
}

@ObjectType()
export class DeleteShowPayload {
  @Field(() => ID, { description: 'The slug that is free again.' })
  slug!: string;
}
