/**
 * The text of a `multipart/mixed` response (RFC 2046) with JSON parts. Every part ends with the delimiter of the next
 * one, because clients process a part when they see where it ends.
 */
export interface MultipartText {
  contentType: string;
  /** Comes before the first part. */
  start: string;
  /** @param json the content of the part */
  part(json: string): string;
  /** Comes after the last part. Without it clients report that the connection was lost. */
  end: string;
}

/** @param parameters more parameters of the content type, such as `deferSpec=20220824` */
export function multipartText(boundary: string, parameters = ''): MultipartText {
  const delimiter = `\r\n--${boundary}`;
  return {
    contentType: `multipart/mixed; boundary="${boundary}"${parameters && `; ${parameters}`}`,
    start: delimiter,
    part: (json) => `\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${json}${delimiter}`,
    end: '--\r\n',
  };
}
