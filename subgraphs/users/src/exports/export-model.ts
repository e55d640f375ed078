import { Directive, Field, ID, InputType, ObjectType } from 'type-graphql';

@Directive('@key(fields: "id")')
@ObjectType({
  description:
    'Everything that is stored about the caller. Each service adds a field with the records that it stores; together they ' +
    'are the archive. Visible only to the caller, for one hour.',
})
export class DataExport {
  @Field(() => ID, { description: 'The id of the export, for `dataExport`. It is valid for the caller alone.' })
  id!: string;

  @Field(() => Date, { description: 'When the export can no longer be read.' })
  expiresAt!: Date;
}

@InputType({ description: 'An export of the own data.' })
export class ExportMyDataInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Optional protection against the wrong session: if given, it must be the caller's own handle, or nothing is exported.",
  })
  confirmHandle?: string | null;
}

@ObjectType({ description: 'The result of `exportMyData`.' })
export class ExportMyDataPayload {
  @Field(() => DataExport, { description: 'The export. Its further pages are read by `dataExport`.' })
  export!: DataExport;
}
