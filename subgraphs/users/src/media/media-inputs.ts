import { GraphQLURL } from 'graphql-scalars';
import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { Media, MediaPurpose } from './media-model.js';

@InputType({ description: 'The file to upload.' })
export class CreateUploadInput {
  @Field(() => MediaPurpose, { description: 'The purpose of the file.' })
  purpose!: MediaPurpose;

  @Field(() => String, {
    description: 'image/jpeg, image/png or image/webp; also application/pdf for PORTFOLIO and JOB_ATTACHMENT.',
  })
  contentType!: string;

  @Field(() => Int, {
    description: 'The size of the file in bytes: up to 5 MB for AVATAR and COVER, up to 10 MB otherwise.',
  })
  bytes!: number;
}

@ObjectType({ description: 'A form field to send unchanged with an upload.' })
export class UploadField {
  @Field(() => String, { description: 'The name of the form field.' })
  name!: string;

  @Field(() => String, { description: 'The value of the form field.' })
  value!: string;
}

@ObjectType({
  description:
    'The permission to upload one file: send `fields`, followed by the file as `file`, in a single multipart/form-data POST ' +
    'to `url`. The response is 204. Then follow `mediaChanged` until it is READY or REJECTED.',
})
export class CreateUploadPayload {
  @Field(() => Media, { description: 'The file, which is PENDING until it has been uploaded.' })
  media!: Media;

  @Field(() => GraphQLURL, { description: 'The address to send the form to.' })
  url!: string;

  @Field(() => [UploadField], { description: 'The form fields to send before the file.' })
  fields!: UploadField[];

  @Field(() => Date, { description: 'When the permission expires, usually after 5 minutes.' })
  expiresAt!: Date;
}
