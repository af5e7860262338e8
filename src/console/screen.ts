import type { FastifyReply } from 'fastify';
import type { Bundle } from '../policy/bundle.ts';
import type { Assets } from './assets.ts';
import { navigation } from './navigation.ts';
import type { LogUse, Officer } from './page.ts';
import { csrfField, type Render } from './render.ts';

/** For whom a page is made, and what of them every page shows. */
export interface Viewer {
  readonly officer: Officer;
  /** Null until they said what the visit is for. */
  readonly use: LogUse | null;
  readonly reference: string | null;
  readonly csrf: string;
}

export interface View {
  readonly status?: number;
  readonly template: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly title: string };
  readonly viewer?: Viewer | null;
  /** When what is in the form was kept; null where nothing was. */
  readonly keptAt?: Date | null;
}

/** A page that only says something, and how to go on. */
export interface Message {
  readonly status: number;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  readonly viewer?: Viewer | null;
  /** A form that could be neither taken nor kept, to be sent again from here. */
  readonly again?: { readonly action: string; readonly fields: readonly (readonly [string, string])[] };
}

/** Sends pages in the console's layout. */
export interface Screen {
  show(reply: FastifyReply, view: View): FastifyReply;
  say(reply: FastifyReply, message: Message): FastifyReply;
}

export function createScreen(render: Render, assets: Assets, policy: () => Bundle, isDevelopment: boolean): Screen {
  const screen: Screen = {
    show(reply, { status = 200, template, data, viewer = null, keptAt = null }) {
      const path = pathBelow(reply.request.url);
      const html = render(policy(), template, {
        ...data,
        csrf: viewer?.csrf ?? '',
        csrfField: csrfField(viewer?.csrf ?? ''),
        shell: {
          officer: viewer?.officer ?? null,
          use: viewer?.use ?? null,
          reference: viewer?.reference ?? null,
          stylesheet: assets.stylesheet,
          icon: assets.icon,
          navigation: navigation(path),
          keptAt,
          path,
          isDevelopment,
        },
      });
      if (status === 503) reply.headers({ link: '</urgent>; rel="help"', 'retry-after': '5' });
      return reply.code(status).type('text/html; charset=utf-8').send(html);
    },
    say: (reply, { status, viewer = null, ...data }) =>
      screen.show(reply, { status, template: 'shell/message.njk', data, viewer }),
  };
  return screen;
}

/** The path without `/console`, query and all that follows. */
export function pathBelow(url: string): string {
  return (url.split(/[?#]/)[0] ?? '').replace(/^\/console/, '') || '/';
}
