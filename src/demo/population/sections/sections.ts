import type { SourceType } from '../holders.ts';
import { employment } from './benefits.ts';
import { childrens } from './childrens.ts';
import { health } from './health.ts';
import { accommodation } from './housing.ts';
import { policing } from './police.ts';
import { custody, identity } from './prison.ts';
import { risk, supervision } from './probation.ts';
import type { Section } from './section.ts';
import { treatment } from './treatment.ts';

/** The sections that each type of source serves, by the name of their field on `Person`. */
export const SECTIONS: Readonly<Record<SourceType, Readonly<Record<string, Section>>>> = {
  prison: { identity, custody },
  probation: { supervision, risk },
  police: { policing },
  childrens: { childrens },
  benefits: { employment },
  health: { health },
  treatment: { treatment },
  housing: { accommodation },
};
