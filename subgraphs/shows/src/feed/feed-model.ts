import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ID, ObjectType } from 'type-graphql';
import { Show } from '../shows/show-model.js';
import type { ShowRow } from '../shows/show-row.js';

@ObjectType({ description: 'A show that was added, changed or deleted.' })
export class ShowChange {
  @Field(() => ID, { description: 'The slug of the show.' })
  slug!: string;

  @Field(() => Show, {
    nullable: true,
    description:
      'The show in its current state, which may be later than this change. Null if there is no such show now.',
  })
  show!: ShowRow | null;
}

export const ShowChangeConnection = defineConnection<ShowChange>('ShowChange', () => ShowChange);
export type ShowChangeConnection = Connection<ShowChange>;
