import { CacheControl, CacheTag } from '@marquee/chassis/graphql/cache-hints';
import { Node } from '@marquee/chassis/graphql/node-interface';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { GraphQLDateTime, GraphQLHexColorCode, GraphQLURL } from 'graphql-scalars';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { ForReadersAndWriters } from './access-rules.js';
import { cacheSeconds, showTagFormat } from './show-cache.js';
import type { ShowRow } from './show-row.js';

@CacheControl({ inheritMaxAge: true })
@Directive('@broadcast')
@ObjectType({ description: 'The images of a show.' })
export class ShowImage {
  @Field(() => GraphQLURL, { description: 'The address of the wide title image.' })
  showImage!: string;
}

@CacheControl({ inheritMaxAge: true })
@Directive('@broadcast')
@ObjectType({ description: 'A season of a show.' })
export class Season {
  @Field(() => String, {
    description: 'The slug of the season, for example `show/x/season/1`; `show/x` for a show that has no seasons.',
  })
  slug!: string;
}

@CacheControl({ inheritMaxAge: true })
@Directive('@broadcast')
@ObjectType({ description: 'When and where the next episode of a show is broadcast.' })
export class NextEpisode {
  @Field(() => String, { nullable: true, description: 'The name of the channel. Null if it is not announced.' })
  channel!: string | null;

  @Field(() => GraphQLURL, { description: 'The address of the logo of the channel.' })
  channelLogo!: string;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When the episode is broadcast. Null while no time is announced.',
  })
  date!: string | null;

  @Field(() => String, {
    description:
      'An announcement as sanitized HTML, safe to embed: text, paragraphs, lists, simple formatting and http(s) links.',
  })
  html!: string;

  @Field(() => GraphQLURL, { description: 'The address of the page about the episode.' })
  url!: string;
}

@CacheControl({ maxAge: cacheSeconds })
@CacheTag(showTagFormat('$key.slug'))
@Directive('@key(fields: "slug")')
@ForReadersAndWriters
@ObjectType({
  implements: Node,
  description: 'A TV show of the catalogue. Public; a machine client needs the scope `shows.read` or `shows.write`.',
})
export class Show {
  @Directive('@broadcast')
  @Field(() => ID, {
    description: 'The identifier of the show, for example `show/16kidsandcounting`. Unique; it never changes.',
  })
  slug!: string;

  @Directive('@broadcast')
  @Field(() => String, { description: 'The title: 1 to 120 characters.' })
  title!: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true, description: 'A short description as plain text. Null if not given.' })
  description?: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true, description: 'The country of origin, for example `USA`. Null if unknown.' })
  country?: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true, description: 'The genre, for example `Reality`. Null if unknown.' })
  genre?: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true, description: 'The spoken language, for example `English`. Null if unknown.' })
  language?: string;

  @Directive('@broadcast')
  @Field(() => String, { nullable: true, description: 'The channel that broadcasts the show. Null if unknown.' })
  tvChannel?: string;

  @Directive('@broadcast')
  @Field(() => Boolean, { description: 'Whether its streams are protected by digital rights management (DRM).' })
  drm!: boolean;

  @Directive('@broadcast')
  @Field(() => Int, { description: 'The number of episodes that can be watched now.' })
  episodeCount!: number;

  @Directive('@broadcast')
  @Field(() => ShowImage, { nullable: true, description: 'The images of the show. Null if not given.' })
  image?: ShowImage;

  @Directive('@broadcast')
  @Field(() => GraphQLHexColorCode, {
    nullable: true,
    description: 'The brand colour of the show, for example `#ff7800`. Null if it has none.',
  })
  primaryColour?: string;

  @Directive('@broadcast')
  @Field(() => [Season], { description: 'The seasons, in the order in which the partner sent them.' })
  seasons!: Season[];

  @Directive('@broadcast')
  @Field(() => NextEpisode, {
    nullable: true,
    description: 'The next episode. Null if none is announced.',
  })
  nextEpisode?: NextEpisode;

  @Directive('@broadcast')
  @Field(() => Int, {
    nullable: true,
    description: 'The position of the change in `showChanged`, for its `after`. Null anywhere else than in its events.',
  })
  changeCursor?: number;
}

export const ShowConnection = defineConnection<ShowRow>('Show', () => Show, { isCacheable: true });
export type ShowConnection = Connection<ShowRow>;
