import { GatewayError } from '../../errors.ts';

/** How many of a list are asked for. @throws GatewayError BAD_USER_INPUT */
export function readSize(
  first: unknown,
  { usual, largest }: { readonly usual: number; readonly largest: number },
): number {
  const size = typeof first === 'number' ? first : usual;
  if (size >= 1 && size <= largest) return size;
  throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${largest}.`);
}
