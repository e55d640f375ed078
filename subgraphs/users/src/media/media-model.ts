import { GraphQLURL } from 'graphql-scalars';
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export enum MediaPurpose {
  AVATAR = 'AVATAR',
  COVER = 'COVER',
  PORTFOLIO = 'PORTFOLIO',
  JOB_ATTACHMENT = 'JOB_ATTACHMENT',
  BOOK_COVER = 'BOOK_COVER',
}
registerEnumType(MediaPurpose, { name: 'MediaPurpose', description: 'What a file is uploaded for.' });

export enum MediaStatus {
  PENDING = 'PENDING',
  PROCESSING = 'PROCESSING',
  READY = 'READY',
  REJECTED = 'REJECTED',
}
registerEnumType(MediaStatus, { name: 'MediaStatus' });

export enum MediaVariant {
  ORIGINAL = 'ORIGINAL',
  THUMBNAIL = 'THUMBNAIL',
}
registerEnumType(MediaVariant, {
  name: 'MediaVariant',
  description:
    'ORIGINAL is upright and without what cameras write into files; THUMBNAIL is a JPEG of 256 by 256 pixels.',
});

@Directive('@key(fields: "id")')
@ObjectType({ description: 'An uploaded file.' })
@Entity('media')
export class Media {
  @Directive('@broadcast')
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Directive('@broadcast')
  @Field(() => MediaPurpose)
  @Column('text')
  purpose!: MediaPurpose;

  @Directive('@broadcast')
  @Field(() => MediaStatus)
  @Column('text')
  status!: MediaStatus;

  @Directive('@broadcast')
  @Field(() => String)
  @Column('text', { name: 'content_type' })
  contentType!: string;

  @Directive('@broadcast')
  @Field(() => Int, { description: 'As declared at first; once READY, the size of ORIGINAL.' })
  @Column('integer')
  bytes!: number;

  @Directive('@broadcast')
  @Field(() => Int, { nullable: true, description: 'Pixels of ORIGINAL; null for a document.' })
  @Column('integer', { nullable: true })
  width!: number | null;

  @Directive('@broadcast')
  @Field(() => Int, { nullable: true, description: 'Pixels of ORIGINAL; null for a document.' })
  @Column('integer', { nullable: true })
  height!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it was refused, in words for the person who uploaded it.' })
  @Column('text', { name: 'rejected_because', nullable: true })
  rejectedBecause!: string | null;

  @Column('uuid', { name: 'owner_id' })
  ownerId!: string;

  @Column('boolean', { name: 'has_thumbnail' })
  hasThumbnail!: boolean;

  @Column('smallint')
  attempts!: number;
}

@InputType()
export class CreateUploadInput {
  @Field(() => MediaPurpose)
  purpose!: MediaPurpose;

  @Field(() => String, {
    description: 'image/jpeg, image/png or image/webp; application/pdf too for PORTFOLIO and JOB_ATTACHMENT.',
  })
  contentType!: string;

  @Field(() => Int, { description: 'Size of the file: up to 5 MB for AVATAR and COVER, up to 10 MB for the others.' })
  bytes!: number;
}

@ObjectType({ description: 'A field to send with an upload, exactly as it is.' })
export class UploadField {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

@ObjectType({
  description: 'Send `fields` and then the file, as `file`, in one multipart/form-data POST to `url`. It answers 204.',
})
export class CreateUploadPayload {
  @Field(() => Media)
  media!: Media;

  @Field(() => GraphQLURL)
  url!: string;

  @Field(() => [UploadField])
  fields!: UploadField[];

  @Field(() => Date)
  expiresAt!: Date;
}
