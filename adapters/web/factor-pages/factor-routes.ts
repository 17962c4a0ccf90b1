import { randomBytes } from 'node:crypto';
import cookiePlugin from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isRefusal, type Refusal, type RefusalCode, refusal } from '../../../src/domain/refusal.ts';
import type { FactorPages, Visitor } from '../../../src/ports/factor-pages.ts';
import { ChatError } from '../chat-error.ts';
import type { ClientAssets } from '../client-assets.ts';
import { whoIsSignedIn } from '../identity.ts';
import type { WebChat } from '../options.ts';
import { isSameOrigin } from '../same-origin.ts';
import { createSessionCookie } from '../session-cookie.ts';
import { CONTENT_SECURITY_POLICY, renderSheet, type Sheet } from './layout.ts';
import { readStep, type Step } from './read-step.ts';
import {
  begunSheet,
  confirmationSheet,
  confirmedSheet,
  finishedSheet,
  openedSheet,
  recoveryCodesSheet,
  refusedSheet,
  wrongCodeSheet,
} from './sheets.ts';

type Parts = { readonly chat: WebChat; readonly pages: FactorPages; readonly assets: ClientAssets };

/** Of one address, which may be the proxy of a whole company; tokens are too long to be guessed at any speed. */
const REQUESTS_A_MINUTE = 240;
/** Longer than any page lives. */
const COOKIE_S = 15 * 60;
const TOKEN = /^[\w-]{43}$/;

const STATUS: Partial<Readonly<Record<RefusalCode, number>>> = { link_over: 410, not_allowed: 403, wrong_code: 422, rate_limited: 429 };

/**
 * `/mfa/<token>` and `/confirm/<token>`: pages that the server draws, with the least of scripts. Looking changes nothing; whatever
 * acts is a form that came from the page itself. The token is in no log (the server logs routes) and in no `Referer`.
 */
export async function factorRoutes(server: FastifyInstance, parts: Parts): Promise<void> {
  const { chat, pages } = parts;
  const isSecure = chat.publicUrl?.startsWith('https:') ?? false;
  const cookie = createSessionCookie(isSecure);
  // Written by us alone: the prefix makes browsers insist on Secure, Path=/ and no Domain.
  const browserCookie = isSecure ? '__Host-shipmate-page' : 'shipmate-page';

  await server.register(cookiePlugin);
  await server.register(rateLimit, {
    max: REQUESTS_A_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => request.ip,
    errorResponseBuilder: (_request, { ttl }) =>
      new PageRefused(refusal('rate_limited', 'That was too fast.', `Try again in ${Math.ceil(ttl / 1000)} s.`)),
  });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  server.addHook('onRequest', async (request) => {
    if (!isOwnForm(request))
      throw new PageRefused(refusal('not_allowed', 'This did not come from our own page.', 'Open the link from the chat again.'));
  });
  server.setErrorHandler((error, request, reply) => {
    if (error instanceof PageRefused) return show(reply, refusedSheet(error.refusal), statusOf(error.refusal));
    if (error instanceof ChatError) return show(reply, refusedSheet({ message: error.message, hint: null, details: [] }), error.statusCode);
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status >= 400 && status < 500) return show(reply, refusedSheet(notUnderstood()), status);
    chat.logger.error({ requestId: request.id, route: request.routeOptions.url, error }, 'a page broke');
    return show(
      reply,
      refusedSheet({ message: 'Something went wrong on our side.', hint: `Try again. (${request.id})`, details: [] }),
      500,
    );
  });

  server.get<{ Params: { token: string } }>('/mfa/:token', async (request, reply) => {
    const opened = await pages.open(tokenOf(request), await visitor(request, null));
    return isRefusal(opened) ? refuse(reply, opened) : show(reply, openedSheet(opened, chat.now()));
  });

  server.post<{ Params: { token: string } }>('/mfa/:token', async (request, reply) => {
    const step = stepOf(request);
    const begins = step.step !== 'finish-totp' && step.step !== 'finish-passkey' && step.step !== 'confirm';
    const own = await visitor(request, begins ? randomBytes(32).toString('base64url') : null);
    // Whoever begins keeps the link: by this cookie only this browser goes on with it.
    if (begins && own.browser !== null) {
      // Lax: whoever comes from the chat once more, after typing the number there, is still the same browser. Forms from elsewhere are refused.
      reply.setCookie(browserCookie, own.browser, { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure, maxAge: COOKIE_S });
    }
    if (step.step === 'claim') {
      const token = tokenOf(request);
      const claimed = await pages.claim(token, own);
      return claimed === null ? reply.redirect(`/mfa/${token}`, 303) : refuse(reply, claimed);
    }
    const sheet = await takeStep(pages, tokenOf(request), own, step);
    return isRefusal(sheet) ? refuse(reply, sheet) : show(reply, sheet.sheet, sheet.status);
  });

  server.get<{ Params: { token: string } }>('/confirm/:token', async (request, reply) => {
    const opened = await pages.openConfirmation(tokenOf(request), await visitor(request, null));
    return isRefusal(opened) ? refuse(reply, opened) : show(reply, confirmationSheet(opened, chat.now()));
  });

  server.post<{ Params: { token: string } }>('/confirm/:token', async (request, reply) => {
    const step = stepOf(request);
    if (step.step !== 'confirm') throw new PageRefused(notUnderstood());
    const confirmed = await pages.confirm(tokenOf(request), await visitor(request, null), step.response);
    return isRefusal(confirmed) ? refuse(reply, confirmed) : show(reply, confirmedSheet(confirmed));
  });

  async function visitor(request: FastifyRequest, newBrowser: string | null): Promise<Visitor> {
    const known = await whoIsSignedIn(chat, cookie.tokenIn(request.cookies));
    const kept = request.cookies[browserCookie];
    return {
      personId: known?.person.id ?? null,
      session: known?.session.id ?? null,
      browser: kept !== undefined && TOKEN.test(kept) ? kept : newBrowser,
    };
  }

  function refuse(reply: FastifyReply, refused: Refusal): FastifyReply {
    return show(reply, refusedSheet(refused), statusOf(refused));
  }

  function show(reply: FastifyReply, sheet: Sheet, status = 200): FastifyReply {
    return reply
      .status(status)
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(renderSheet(parts.assets, sheet));
  }
}

/** A refusal that ends the request at once. */
class PageRefused extends Error {
  readonly refusal: Refusal;
  readonly statusCode: number;

  constructor(refused: Refusal) {
    super(refused.message);
    this.name = 'PageRefused';
    this.refusal = refused;
    this.statusCode = statusOf(refused);
  }
}

async function takeStep(
  pages: FactorPages,
  token: string,
  visitor: Visitor,
  step: Step,
): Promise<{ sheet: Sheet; status: number } | Refusal> {
  switch (step.step) {
    case 'begin-totp':
    case 'begin-passkey': {
      const begun = await pages.begin(token, visitor, step.step === 'begin-totp' ? 'totp' : 'passkey');
      return isRefusal(begun) ? begun : { sheet: begunSheet(begun), status: 200 };
    }
    case 'codes': {
      const codes = await pages.newRecoveryCodes(token, visitor);
      return isRefusal(codes) ? codes : { sheet: recoveryCodesSheet(codes), status: 200 };
    }
    case 'finish-totp': {
      const finished = await pages.finish(token, visitor, { kind: 'totp', code: step.code });
      if (isRefusal(finished)) return finished.refused === 'wrong_code' ? { sheet: wrongCodeSheet(finished), status: 422 } : finished;
      return { sheet: finishedSheet(finished), status: 200 };
    }
    case 'finish-passkey': {
      const finished = await pages.finish(token, visitor, { kind: 'passkey', response: step.response });
      return isRefusal(finished) ? finished : { sheet: finishedSheet(finished), status: 200 };
    }
    case 'claim':
    case 'confirm':
      return notUnderstood();
  }
}

function tokenOf({ params }: FastifyRequest<{ Params: { token: string } }>): string {
  if (!TOKEN.test(params.token)) throw new PageRefused(refusal('link_over', 'There is no such link.', 'Ask for a new one in the chat.'));
  return params.token;
}

function stepOf({ body }: FastifyRequest): Step {
  const step = readStep(body);
  if (step === null) throw new PageRefused(notUnderstood());
  return step;
}

const notUnderstood = (): Refusal => refusal('invalid_arguments', 'That was not understood.', 'Open the link from the chat again.');

function statusOf({ refused }: Refusal): number {
  return STATUS[refused] ?? 409;
}

/**
 * Our pages send no `Referer`, and browsers then write `Origin: null` on forms of the very same origin
 * (https://fetch.spec.whatwg.org/#append-a-request-origin-header); what they say in `Sec-Fetch-Site` decides.
 */
function isOwnForm({ method, host, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  const fetchSite = typeof site === 'string' ? site : undefined;
  if (method === 'GET' || method === 'HEAD') return true;
  const origin = headers.origin === 'null' && fetchSite !== undefined ? undefined : headers.origin;
  return isSameOrigin({ method, host, origin, fetchSite });
}
