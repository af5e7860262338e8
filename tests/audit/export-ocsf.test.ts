import { describe, expect, test } from 'vitest';
import { apiActivity } from '../../src/audit/export/ocsf.ts';
import { FULL, SAMPLES } from './export-samples.ts';

type Json = { readonly [key: string]: unknown };

/** ocsf/ocsf-schema v1.8.0: what is required, or one of which is, in the class and in each object that is used. */
const CLASS = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'].concat([
  'actor',
  'api',
  'src_endpoint',
]);
const OBJECTS: Readonly<Record<string, { readonly all?: readonly string[]; readonly one?: readonly string[] }>> = {
  metadata: { all: ['product', 'version'] },
  'metadata.product': { one: ['name', 'uid'] },
  actor: { one: ['process', 'user', 'iam_role', 'invoked_by', 'session', 'app_name', 'app_uid'] },
  'actor.user': { one: ['account', 'name', 'uid'] },
  api: { all: ['operation'] },
  'api.request': { all: ['uid'] },
  src_endpoint: { one: ['ip', 'uid', 'name', 'hostname', 'svc_name'] },
  dst_endpoint: { one: ['ip', 'uid', 'name', 'hostname', 'svc_name'] },
  http_response: { all: ['code'] },
  trace: { all: ['uid'] },
  policy: { one: ['name', 'type', 'uid'] },
};

const at = (event: Json, path: string): Json | undefined =>
  path.split('.').reduce<Json | undefined>((node, key) => node?.[key] as Json | undefined, event);

function missing(event: Json): string[] {
  const objects = Object.entries(OBJECTS).flatMap(([path, { all = [], one }]) => {
    const object = at(event, path);
    if (object === undefined) return [];
    return [
      ...all.filter((key) => !(key in object)).map((key) => `${path}.${key}`),
      ...(one && !one.some((key) => key in object) ? [`${path}: one of ${one}`] : []),
    ];
  });
  return [...CLASS.filter((key) => !(key in event)), ...objects];
}

const events = Object.entries(SAMPLES).map(([what, entry]) => [what, apiActivity(entry, 3) as Json] as const);
const event = (what: string) => apiActivity(SAMPLES[what] ?? FULL, 3) as Json;

describe.each(events)('%s', (_what, made) => {
  test('has what API Activity asks for', () => {
    expect(missing(made)).toEqual([]);
    const { activity_id: activity } = made;
    expect(made).toMatchObject({
      ...{ category_uid: 6, class_uid: 6003, type_uid: 600_300 + Number(activity), time: 1_795_339_800_123 },
      metadata: { version: '1.8.0', sequence: 3 },
    });
    expect([1, 2, 3, 4, 99]).toContain(activity);
    expect(JSON.stringify({ ...made, unmapped: 0 })).not.toMatch(/null|\[\]/);
  });
});

test('the table finds what is missing', () => {
  const { time: _time, ...rest } = event('a disclosure');
  expect(missing({ ...rest, actor: {} })).toEqual(['time', expect.stringMatching(/^actor: one of/)]);
});

test('what was done has its activity, and whether it was allowed', () => {
  const activities = Object.fromEntries(
    events.map(([what, made]) => [what, [made['activity_id'], made['status_id'], made['action_id']]]),
  );
  expect(activities).toMatchObject({
    'a disclosure': [2, 1, 1],
    'a deed': [3, 1, 1],
    'a deed refused': [3, 2, 2],
    'a person not shown': [2, 2, 2],
    'a fault': [2, 2, 1],
    'a start': [99, 1, 1],
    'a break-glass': [2, 1, 1],
  });
  expect(events.filter(([, made]) => made['is_alert']).map(([what]) => what)).toEqual(['a break-glass']);
});

test('nobody is somebody unknown', () => {
  expect(event('a refusal of nobody')).toMatchObject({
    actor: { app_name: 'unknown' },
    src_endpoint: { name: 'unknown' },
    status_detail: 'UNAUTHENTICATED',
  });
});
