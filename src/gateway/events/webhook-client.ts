import { lookup as resolveName } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { BlockList, type LookupFunction } from 'node:net';

/** What became of one attempt: the receiver's status, or a code of ours. Neither names a host. */
export type WebhookAnswer =
  | { readonly status: number }
  | { readonly problem: 'unreachable' | 'timed-out' | 'refused-address' };

const MILLISECONDS = 10_000;
/** Nobody needs to say more; what comes after is not waited for. */
const LONGEST_ANSWER = 16 * 1024;

/**
 * Posts to exactly this URL: a redirect is an answer like any other and is not followed. A name that leads to the machine
 * itself, to its link or to a cloud's metadata is not connected to; an address is, if the URL itself names it. Throws
 * nothing.
 */
export function postWebhook(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  closing: AbortSignal,
): Promise<WebhookAnswer> {
  const timeout = AbortSignal.timeout(MILLISECONDS);
  return new Promise((done) => {
    const send = url.protocol === 'https:' ? secureRequest : plainRequest;
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      lookup: lookupElsewhere,
      agent: false,
      signal: AbortSignal.any([closing, timeout]),
    });
    request.on('response', (response) => {
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > LONGEST_ANSWER) response.destroy();
      });
      response.on('error', () => {});
      response.on('close', () => done({ status: response.statusCode ?? 0 }));
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const problem = error.code === REFUSED ? 'refused-address' : timeout.aborted ? 'timed-out' : 'unreachable';
      done({ problem });
    });
    request.end(body);
  });
}

const REFUSED = 'EREFUSEDADDRESS';

/** The name is resolved once, and what it was held to is what is connected to. */
const lookupElsewhere: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    if (addresses.some(({ address, family }) => isRefused(address, family === 6 ? 'ipv6' : 'ipv4'))) {
      return callback(Object.assign(new Error('the address is not to be connected to'), { code: REFUSED }), []);
    }
    const [first] = addresses;
    return options.all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family);
  });
};

/** Addresses that no name of a receiver leads to. A private network is not among them: partners are reached through one. */
function isRefused(address: string, family: 'ipv4' | 'ipv6'): boolean {
  const refused = new BlockList();
  refused.addSubnet('0.0.0.0', 8);
  refused.addSubnet('127.0.0.0', 8);
  refused.addSubnet('169.254.0.0', 16);
  refused.addSubnet('224.0.0.0', 3);
  refused.addAddress('100.100.100.200');
  refused.addSubnet('::', 127, 'ipv6');
  refused.addSubnet('fe80::', 10, 'ipv6');
  refused.addSubnet('ff00::', 8, 'ipv6');
  refused.addAddress('fd00:ec2::254', 'ipv6');
  // An IPv4 address written as one of version 6 is held to the rules of version 4 by the list itself.
  return refused.check(address, family);
}
