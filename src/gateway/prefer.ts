/** What a request prefers of its answer (RFC 7240); anything else that it prefers is passed over. */
export interface Preferences {
  /** `Prefer: explain`: what would be shown and why, and nothing of it. */
  readonly explain: boolean;
  /** `Prefer: withheld=refuse`: no answer rather than a partial one. */
  readonly refuseWithheld: boolean;
}

/**
 * An explanation says what would be withheld, so it is never itself refused for that: with both, `explain` alone is
 * applied.
 */
export function readPreferences(prefer: string | readonly string[] | undefined): Preferences {
  const wanted = new Set(
    String(prefer ?? '')
      .split(',')
      .map((preference) => (preference.split(';')[0] ?? '').replace(/[\s"]/g, '').toLowerCase()),
  );
  const explain = wanted.has('explain');
  return { explain, refuseWithheld: wanted.has('withheld=refuse') && !explain };
}
