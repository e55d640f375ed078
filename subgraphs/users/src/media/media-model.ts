import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export enum MediaPurpose {
  AVATAR = 'AVATAR',
  COVER = 'COVER',
  PORTFOLIO = 'PORTFOLIO',
  JOB_ATTACHMENT = 'JOB_ATTACHMENT',
  BOOK_COVER = 'BOOK_COVER',
}
registerEnumType(MediaPurpose, {
  name: 'MediaPurpose',
  description: 'The purpose of an upload. It determines the accepted types and the maximum size.',
  valuesConfig: {
    AVATAR: { description: 'A profile picture: JPEG, PNG or WebP up to 5 MB.' },
    COVER: { description: 'The wide picture of a profile: JPEG, PNG or WebP up to 5 MB.' },
    PORTFOLIO: { description: 'A piece of a portfolio: JPEG, PNG, WebP or PDF up to 10 MB.' },
    JOB_ATTACHMENT: { description: 'An attachment of a job: JPEG, PNG, WebP or PDF up to 10 MB.' },
    BOOK_COVER: { description: 'The picture of a book cover: JPEG, PNG or WebP up to 10 MB.' },
  },
});

export enum MediaStatus {
  PENDING = 'PENDING',
  PROCESSING = 'PROCESSING',
  READY = 'READY',
  REJECTED = 'REJECTED',
}
registerEnumType(MediaStatus, {
  name: 'MediaStatus',
  description: 'How far the processing of an uploaded file is.',
  valuesConfig: {
    PENDING: { description: 'The file has not been uploaded yet.' },
    PROCESSING: { description: 'The file is being verified and converted.' },
    READY: { description: 'The file can be downloaded from `Media.url`.' },
    REJECTED: { description: 'The file is not accepted; see `Media.rejectedBecause`.' },
  },
});

export enum MediaVariant {
  ORIGINAL = 'ORIGINAL',
  THUMBNAIL = 'THUMBNAIL',
}
registerEnumType(MediaVariant, {
  name: 'MediaVariant',
  description: 'A version of an uploaded file.',
  valuesConfig: {
    ORIGINAL: { description: 'Full size. Pictures are rotated upright, and camera metadata is removed.' },
    THUMBNAIL: { description: 'A JPEG of 256 by 256 pixels, cropped to fill. Only for pictures.' },
  },
});

@Directive('@key(fields: "id")')
@ObjectType({ description: 'An uploaded file. Its address is public but cannot be guessed.' })
@Entity('media')
export class Media {
  @Directive('@broadcast')
  @Field(() => ID, { description: 'The id of the file, for inputs such as `avatarId`.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Directive('@broadcast')
  @Field(() => MediaPurpose, { description: 'The purpose for which the file was uploaded.' })
  @Column('text')
  purpose!: MediaPurpose;

  @Directive('@broadcast')
  @Field(() => MediaStatus, { description: 'How far its processing is.' })
  @Column('text')
  status!: MediaStatus;

  @Directive('@broadcast')
  @Field(() => String, { description: 'The media type, for example `image/jpeg`.' })
  @Column('text', { name: 'content_type' })
  contentType!: string;

  @Directive('@broadcast')
  @Field(() => Int, { description: 'The size in bytes: as declared for the upload; once READY, the size of ORIGINAL.' })
  @Column('integer')
  bytes!: number;

  @Directive('@broadcast')
  @Field(() => Int, { nullable: true, description: 'The width of ORIGINAL in pixels. Null until READY and for a PDF.' })
  @Column('integer', { nullable: true })
  width!: number | null;

  @Directive('@broadcast')
  @Field(() => Int, {
    nullable: true,
    description: 'The height of ORIGINAL in pixels. Null until READY and for a PDF.',
  })
  @Column('integer', { nullable: true })
  height!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why the file was rejected, in English, for the user who uploaded it. Null unless REJECTED.',
  })
  @Column('text', { name: 'rejected_because', nullable: true })
  rejectedBecause!: string | null;

  @Column('uuid', { name: 'owner_id' })
  ownerId!: string;

  @Column('boolean', { name: 'has_thumbnail' })
  hasThumbnail!: boolean;

  @Column('smallint')
  attempts!: number;
}
