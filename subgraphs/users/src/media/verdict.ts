/** A file as it is kept. */
export interface Rendition {
  bytes: Buffer;
  contentType: string;
}

/** What became of an upload. */
export type Verdict = Accepted | Rejected;

export interface Accepted {
  kind: 'accepted';
  original: Rendition;
  /** None of a document. */
  thumbnail: Rendition | null;
  width: number | null;
  height: number | null;
}

export interface Rejected {
  kind: 'rejected';
  /** In words for who uploaded it. */
  because: string;
}

export function rejected(because: string): Rejected {
  return { kind: 'rejected', because };
}
