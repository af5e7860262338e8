/** Who sees, and whose data. */
export interface Pair {
  readonly partner: string;
  readonly holder: string;
}

/** Pairs that can be said in one breath. */
export interface Part {
  readonly partners: readonly string[];
  readonly holders: readonly string[];
  /** `own`: each partner its own data. `each-other`: each that of all the others. `across`: every partner that of every holder. */
  readonly how: 'own' | 'each-other' | 'across';
}

/** Splits pairs into as few parts as say exactly them. */
export function parts(pairs: readonly Pair[]): Part[] {
  const own = pairs.filter(({ partner, holder }) => partner === holder).map(({ partner }) => partner);
  const others = new Map<string, Set<string>>();
  for (const { partner, holder } of pairs) {
    if (partner !== holder) others.set(partner, (others.get(partner) ?? new Set()).add(holder));
  }
  const partners = [...others.keys()].sort();
  const found: Part[] = own.length > 0 ? [{ partners: [...own].sort(), holders: [...own].sort(), how: 'own' }] : [];
  const mutual =
    partners.length > 1 &&
    partners.every(
      (partner) =>
        others.get(partner)?.size === partners.length - 1 &&
        partners.every((other) => other === partner || others.get(partner)?.has(other)),
    );
  if (mutual) return [...found, { partners, holders: partners, how: 'each-other' }];
  const byHolders = Map.groupBy(partners, (partner) => [...(others.get(partner) ?? [])].sort().join());
  for (const [holders, same] of byHolders) found.push({ partners: same, holders: holders.split(','), how: 'across' });
  return found;
}
