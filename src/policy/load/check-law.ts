import type { AgreementFile, LegalGateway, PartnerEntry, PartnersFile } from './files.ts';
import { type Check, checkAllKnown, checkKnown } from './names.ts';
import { recipientsByHolder } from './parties.ts';
import type { Path, Yaml } from './yaml.ts';

export function checkLegalGateways(check: Check): void {
  const { legalGateways: file } = check.files;
  for (const [power, { purposes = [], requires = [] }] of Object.entries(file?.content ?? {})) {
    if (file === null) return;
    checkAllKnown(check, 'purpose', file, [power, 'purposes'], purposes);
    checkAllKnown(check, 'permission', file, [power, 'requires'], requires);
  }
}

/**
 * What the powers that an agreement cites cannot carry does not build, and a change of regime names the law that allows
 * it. Every refusal names the provision.
 */
export function checkLaw(check: Check, file: Yaml<AgreementFile>): void {
  const { discloser, recipient, regimeCrossing } = file.content;
  const cited: [Path, string][] = [[['discloser', 'power'], discloser.power]];
  if (recipient !== undefined) cited.push([['recipient', 'power'], recipient.power]);
  if (regimeCrossing !== undefined) cited.push([['regimeCrossing'], regimeCrossing]);
  const partners = check.files.partners?.content;
  for (const [path, power] of cited) {
    checkKnown(check, 'legal gateway', file, path, power);
    const gateway = gatewayOf(check, power);
    if (gateway === undefined) continue;
    const citation = { file, path, power, gateway, provision: `${gateway.title} (${power})` };
    checkPurposes(check, citation);
    checkRequired(check, citation);
    if (partners === undefined) continue;
    checkFlows(check, citation, partners);
    checkNation(check, citation, partners);
    checkConfidentiality(check, citation, partners);
    checkArrangements(check, citation, partners);
  }
  checkRegimes(check, file);
}

/** One power, cited at one place of one agreement. */
interface Citation {
  readonly file: Yaml<AgreementFile>;
  readonly path: Path;
  readonly power: string;
  readonly gateway: LegalGateway;
  /** What a refusal calls it. */
  readonly provision: string;
}

function checkPurposes(check: Check, { file, gateway, provision }: Citation): void {
  if (gateway.purposes === undefined) return;
  for (const [index, purpose] of file.content.purposes.entries()) {
    if (gateway.purposes.includes(purpose)) continue;
    const message = `${provision} carries data for ${gateway.purposes.join(', ')} only, not for ${purpose}`;
    check.report(file.problemAt(['purposes', index], message));
  }
}

function checkRequired(check: Check, { file, gateway, provision }: Citation): void {
  const demanded = gateway.requires;
  if (demanded === undefined) return;
  for (const { path, name } of classesOpenWithout(check, file, demanded)) {
    const message = `${provision} carries ${name} only with ${demanded.join(' or ')}: say so under requires`;
    check.report(file.problemAt(path, message));
  }
}

/**
 * Classes that the agreement gives without waiting for one of these permissions. Those of a class are alternatives, so
 * each of them must be among these. Names that nothing defines are a problem of their own, and are passed over.
 */
function classesOpenWithout(
  { names }: Check,
  { content }: Yaml<AgreementFile>,
  demanded: readonly string[],
): { path: Path; name: string }[] {
  const { classes, requires = {} } = content;
  return classes.flatMap((name, index) => {
    if (names.class !== null && !names.class.has(name)) return [];
    const asked = Object.hasOwn(requires, name) ? (requires[name] ?? []) : [];
    if (names.permission !== null && asked.some((type) => !names.permission?.has(type))) return [];
    const waits = asked.length > 0 && asked.every((type) => demanded.includes(type));
    return waits ? [] : [{ path: ['classes', index], name }];
  });
}

/** Between whom, in the words by which the law knows them. A holder's own practitioners are told by nobody else. */
function checkFlows(check: Check, { file, path, power, gateway, provision }: Citation, partners: PartnersFile): void {
  const { flows } = gateway;
  if (flows === undefined || file.content.recipients === 'own') return;
  const word = (code: string) => wordsOf(partners, code)[power] ?? 'unclassified';
  for (const [holder, recipients] of recipientsByHolder(partners, file.content)) {
    for (const recipient of recipients) {
      const [from, to] = [word(holder), word(recipient)];
      if (flows.some((flow) => [from, 'any'].includes(flow.from) && [to, 'any'].includes(flow.to))) continue;
      const message = `${provision} carries nothing from ${holder} (${from}) to ${recipient} (${to})`;
      check.report(file.problemAt(path, message));
    }
  }
}

function checkNation(check: Check, { file, path, gateway, provision }: Citation, partners: PartnersFile): void {
  if (gateway.nation === undefined) return;
  for (const code of partiesOf(partners, file.content)) {
    const nation = partners.partners[code]?.nation;
    if (nation === undefined || nation === gateway.nation) continue;
    const message = `${provision} reaches ${NATIONS[gateway.nation]} only, and ${code} is in ${NATIONS[nation]}`;
    check.report(file.problemAt(path, message));
  }
}

/** A power that leaves the duty of confidence where it is carries data within direct care, or by the person's leave. */
function checkConfidentiality(check: Check, { file, gateway, provision }: Citation, partners: PartnersFile): void {
  if (gateway.confidentiality === undefined) return;
  const isCarer = (code: string) => Object.values(wordsOf(partners, code)).includes(CARE_PROVIDER);
  if (partiesOf(partners, file.content).every(isCarer)) return;
  for (const { path, name } of classesOpenWithout(check, file, LIFTING)) {
    const message = `${provision} lifts no duty of confidence: outside direct care ${name} requires ${LIFTING.join(' or ')}`;
    check.report(file.problemAt(path, message));
  }
}

/** A partner that a law reaches only by an arrangement is outside it when the arrangement ends. */
function checkArrangements(check: Check, { file, power, provision }: Citation, partners: PartnersFile): void {
  const { from, until } = file.content;
  for (const code of partiesOf(partners, file.content)) {
    const { arrangement } = partners.partners[code] ?? {};
    if (wordsOf(partners, code)[power] !== ARRANGEMENT || arrangement === undefined) continue;
    const tell = (member: 'from' | 'until', message: string) =>
      check.report(file.problemAt([member], `${provision} reaches ${code} by ${arrangement.reference}, ${message}`));
    if (from < arrangement.from) tell('from', `which begins on ${arrangement.from}, after ${from}`);
    if (until > arrangement.until) tell('until', `which ends on ${arrangement.until}, before ${until}`);
  }
}

function checkRegimes(check: Check, file: Yaml<AgreementFile>): void {
  const { discloser, recipient, regimeCrossing } = file.content;
  if (recipient === undefined) return;
  if (discloser.regime !== recipient.regime && regimeCrossing === undefined) {
    const message = `data passes from ${discloser.regime} to ${recipient.regime}: name the law that allows it, as regimeCrossing`;
    check.report(file.problemAt(['recipient', 'regime'], message));
  }
  if (discloser.regime === recipient.regime && regimeCrossing !== undefined) {
    check.report(file.problemAt(['regimeCrossing'], `both sides are under ${discloser.regime}: nothing is crossed`));
  }
}

/** The word by which a law calls a partner that it reaches only while an arrangement lasts. */
export const ARRANGEMENT = 'arrangement';
/** The word by which a law calls whoever gives direct care. */
const CARE_PROVIDER = 'care-provider';
/** What lifts a duty of confidence: the person's permission, or a condition made in the open. */
const LIFTING = ['CONFIDENTIALITY', 'TREATMENT_CONDITION'];

const NATIONS = { england: 'England', wales: 'Wales' } as const;

export function gatewayOf({ files: { legalGateways } }: Check, power: string): LegalGateway | undefined {
  return legalGateways !== null && Object.hasOwn(legalGateways.content, power)
    ? legalGateways.content[power]
    : undefined;
}

function wordsOf({ partners }: PartnersFile, code: string): NonNullable<PartnerEntry['classified']> {
  return partners[code]?.classified ?? {};
}

/** Everybody whom an agreement is between, in order. */
function partiesOf(partners: PartnersFile, agreement: AgreementFile): string[] {
  const byHolder = recipientsByHolder(partners, agreement);
  return [...new Set([...byHolder.keys(), ...[...byHolder.values()].flat()])].sort();
}
