/** Who is asking, as the verified access token says. One practitioner, one role. */
export interface Principal {
  readonly partner: string;
  /** A named person's account at the partner; never a client's own. */
  readonly practitioner: string;
  readonly name: string;
  readonly role: string;
  readonly client: string;
  readonly issuer: string;
  readonly subject: string;
  readonly tokenId: string;
}
