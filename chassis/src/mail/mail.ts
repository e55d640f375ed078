/** An email to one person. */
export interface Mail {
  /** A UUID: the same one for every attempt to send it. */
  id: string;
  /** The address of the recipient. It appears in no log. */
  to: string;
  subject: string;
  text: string;
  /** A document without scripts, images and references to other files. */
  html: string;
  /** The address with which the recipient unsubscribes by one POST request (RFC 8058). */
  unsubscribeUrl: string;
  /** The ids of the recipient and of the people whom the mail names, so that a local mailbox can erase it. */
  people: readonly string[];
}

/** Sends emails. */
export interface Mailer {
  /**
   * @throws MailRefusedError if the mail was certainly not sent; any other error if that is unknown, so that another
   * attempt might send it twice
   */
  send(mail: Mail): Promise<void>;
  /** Removes the mails to a person and those that name them, where that is still possible. */
  erase(personId: string): Promise<void>;
  close(): void;
}

/** The mail service has not accepted a mail. */
export class MailRefusedError extends Error {
  override name = 'MailRefusedError';
  /** @param isPermanent whether another attempt would be refused, too: the address or the content is invalid */
  constructor(
    message: string,
    readonly isPermanent: boolean,
  ) {
    super(message);
  }
}
