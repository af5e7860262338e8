import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { Errand } from '../errand.ts';
import { spanOf } from '../log/look.ts';

interface RecordExportInput {
  readonly what: string;
  readonly format: string;
  readonly from: string;
  readonly to: string;
  readonly entries: number;
  readonly partner?: string | null;
}

const PAGES = ['incident', 'correction', 'person', 'practitioner'];

/**
 * Records that something which the caller was answered is about to leave as a file. What it was made of has entries of its own.
 * @throws GatewayError BAD_USER_INPUT
 */
export async function recordExport({ engine, root, args }: Errand): Promise<object> {
  const { what, format, entries, partner, ...given } = args['input'] as RecordExportInput;
  const span = spanOf(given);
  const problems = [
    ...(PAGES.includes(what) ? [] : [`"what" needs one of: ${PAGES.join(', ')}.`]),
    ...(format === 'SIGNED' ? ['"format" needs CSV or NDJSON.'] : []),
    ...(entries < 0 ? ['"entries" must not be less than 0.'] : []),
    ...(partner == null || engine.policy.bundle.partners.has(partner)
      ? []
      : ['"partner" needs the code of a partner.']),
  ];
  if (problems.length > 0) throw new GatewayError('BAD_USER_INPUT', problems.join(' '));
  const reference = randomUUID();
  root.deed = {
    kind: 'export',
    ok: true,
    code: null,
    reference,
    what,
    format,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    entries,
    filters: partner == null ? [] : [`for=${partner}`],
    looked: null,
  };
  return { ok: true, code: null, allowedNow: [], reference };
}
