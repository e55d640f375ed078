import type { Caller } from '@marquee/chassis/identity/caller';
import type { Answer, TestService } from '@marquee/testkit/service';

/** A ticket as a client receives it. */
export interface TestTicket {
  media: { id: string; status: string; url: string | null };
  url: string;
  fields: { name: string; value: string }[];
  expiresAt: string;
}

/** A file to send, other than as the ticket says when a test wants that. */
export interface TestForm {
  fields?: { name: string; value: string }[];
  fileName?: string;
  /** What the part of the file says of itself. */
  type?: string;
  /** Puts the file before the fields. */
  fileFirst?: boolean;
}

export function createUpload(service: TestService, caller: Caller | undefined, input: object): Promise<Answer> {
  const document = `mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
    media { id purpose status contentType bytes width height url rejectedBecause }
    url fields { name value } expiresAt } }`;
  return service.ask(document, { ...(caller && { caller }), variables: { input } });
}

export async function ticketFor(service: TestService, caller: Caller, input: object): Promise<TestTicket> {
  const { data, errors } = await createUpload(service, caller, input);
  if (errors[0]) throw new Error(errors[0].message);
  return data.createUpload;
}

/** Sends a file the way a browser does. */
export function send(service: TestService, ticket: TestTicket, file: Buffer, form: TestForm = {}): Promise<Response> {
  const { fields = ticket.fields, fileName = 'picture.jpg', type = 'image/jpeg', fileFirst = false } = form;
  const body = new FormData();
  const blob = new Blob([new Uint8Array(file)], { type });
  if (fileFirst) body.append('file', blob, fileName);
  for (const { name, value } of fields) body.append(name, value);
  if (!fileFirst) body.append('file', blob, fileName);
  return fetch(at(service, ticket.url), { method: 'POST', body });
}

/** A client reaches the service under the address of its settings; a test finds it on a port of its own. */
export function at(service: TestService, url: string): string {
  return service.url + new URL(url).pathname;
}

/** What other services see of it. */
// What a test asked for has the shape that it asked for.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function mediaOf(service: TestService, id: string): Promise<any> {
  const { data } = await service.ask(
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Media {
      id purpose status contentType bytes width height url thumbnail: url(variant: THUMBNAIL) rejectedBecause } } }`,
    { variables: { of: [{ __typename: 'Media', id }] } },
  );
  return data._entities[0];
}

/** The media once it is READY or REJECTED. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function settled(service: TestService, id: string): Promise<any> {
  for (;;) {
    const media = await mediaOf(service, id);
    if (media.status === 'READY' || media.status === 'REJECTED') return media;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Asks for a ticket, sends the file and waits for what becomes of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function upload(service: TestService, caller: Caller, input: object, file: Buffer): Promise<any> {
  const ticket = await ticketFor(service, caller, { bytes: file.length, ...input });
  const response = await send(service, ticket, file);
  if (response.status !== 204) throw new Error(await response.text());
  return settled(service, ticket.media.id);
}
