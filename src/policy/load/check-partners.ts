import { didYouMean } from '../../record/problem.ts';
import { type Check, checkAllKnown, checkKnown } from './names.ts';

export function checkPartners(check: Check): void {
  const { partners: file, legalGateways } = check.files;
  if (file === null) return;
  const { partners, schemes = {} } = file.content;
  for (const [code, { holds, classified = {} }] of Object.entries(partners)) {
    const path = ['partners', code];
    if (holds !== undefined) checkKnown(check, 'source type', file, [...path, 'holds'], holds);
    for (const [power, word] of Object.entries(classified)) {
      const at = [...path, 'classified', power];
      checkKnown(check, 'legal gateway', file, at, power, 'key');
      if (legalGateways === null || !Object.hasOwn(legalGateways.content, power)) continue;
      const words = new Set(legalGateways.content[power]?.flows?.flatMap(({ from, to }) => [from, to]));
      words.delete('any');
      if (words.has(word)) continue;
      check.report(file.problemAt(at, `${power} has no flow from or to ${word}${didYouMean(word, words)}`));
    }
  }
  for (const [scheme, members] of Object.entries(schemes)) {
    if (Object.hasOwn(partners, scheme)) {
      check.report(file.problemAt(['schemes', scheme], `${scheme} is a partner's code already`, 'key'));
    }
    checkAllKnown(check, 'partner', file, ['schemes', scheme], members);
  }
}

/** Every partner and every source type has a desk, because every refusal names one. */
export function checkDesks(check: Check): void {
  const { desks } = check.files;
  if (desks === null) return;
  const { duty, bySource, byPartner = {} } = desks.content;
  for (const partner of Object.keys(duty)) checkKnown(check, 'partner', desks, ['duty', partner], partner, 'key');
  for (const source of Object.keys(bySource)) {
    checkKnown(check, 'source type', desks, ['bySource', source], source, 'key');
  }
  for (const [partner, own] of Object.entries(byPartner)) {
    checkKnown(check, 'partner', desks, ['byPartner', partner], partner, 'key');
    for (const source of Object.keys(own)) {
      checkKnown(check, 'source type', desks, ['byPartner', partner, source], source, 'key');
    }
  }
  for (const partner of check.names.partner ?? []) {
    if (!Object.hasOwn(duty, partner)) check.report(desks.problemAt(['duty'], `partner ${partner} has no desk`, 'key'));
  }
  for (const source of check.names['source type'] ?? []) {
    if (Object.hasOwn(bySource, source)) continue;
    check.report(desks.problemAt(['bySource'], `source type ${source} has no desk`, 'key'));
  }
}
