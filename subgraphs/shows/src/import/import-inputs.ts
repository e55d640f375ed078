import { Field, InputType, ObjectType } from 'type-graphql';
import { ShowValuesInput } from '../shows/show-inputs.js';
import { type ImportResult, ImportResultUnion } from './import-model.js';

@InputType({
  description:
    'A show as partners send it. Items are validated one by one: an invalid one yields a `ShowInvalid` and does not ' +
    'affect the others. A blank text means null.',
})
export class ShowInput extends ShowValuesInput {
  @Field(() => String, {
    nullable: true,
    description: 'The identifier: `show/` followed by a-z, 0-9 and -, up to 200 characters. Required.',
  })
  slug?: string | null;
}

@InputType({ description: 'The shows to import.' })
export class ImportShowsInput {
  @Field(() => [ShowInput], { description: '1 to 1000 shows.' })
  payload!: ShowInput[];
}

@ObjectType({ description: 'The result of `importShows`.' })
export class ImportShowsPayload {
  @Field(() => [ImportResultUnion], { description: 'One result per item, in the order of the payload.' })
  results!: ImportResult[];
}
