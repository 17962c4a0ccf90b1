import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { HTTPReceiver, type Logger as SlackLogger } from '@slack/bolt';
import type { FastifyPluginAsync } from 'fastify';
import type { Installations } from './installations.ts';
import { PATHS, SCOPES } from './manifest.ts';
import { type ClientOptions, clientOptions } from './slack-client.ts';

type InstallOptions = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authorizeUrl: string;
  readonly publicUrl: string;
  readonly installations: Installations;
  readonly client: ClientOptions;
  readonly logger: SlackLogger;
};

/**
 * "Add to Slack" for other workspaces, by Bolt's installer: https://docs.slack.dev/authentication/installing-with-oauth. Its state is signed, bound to
 * the browser by a cookie and good for ten minutes; every process signs alike, because the key comes from the client secret.
 */
export function installRoutes(options: InstallOptions): FastifyPluginAsync {
  const redirectUri = new URL(PATHS.redirect, options.publicUrl).href;
  const install = { scopes: [...SCOPES], redirectUri };
  const { installer } = new HTTPReceiver({
    signingSecret: 'not used: only the installer of this receiver is',
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    stateSecret: createHmac('sha256', options.clientSecret).update('shipmate slack installation').digest('hex'),
    scopes: install.scopes,
    redirectUri,
    installationStore: options.installations,
    logger: options.logger,
    installerOptions: {
      directInstall: true,
      redirectUriPath: PATHS.redirect,
      authorizationUrl: options.authorizeUrl,
      clientOptions: clientOptions(options.client),
    },
  });
  if (installer === undefined) throw new Error('the Slack client id or secret is missing');
  return async (server) => {
    server.get(PATHS.install, async (request, reply) => {
      reply.hijack();
      // Bolt writes this answer itself; these join it.
      for (const [name, value] of Object.entries(INERT)) reply.raw.setHeader(name, value);
      await installer.handleInstallPath(request.raw, reply.raw, undefined, install);
    });
    server.get(PATHS.redirect, async (request, reply) => {
      reply.hijack();
      for (const [name, value] of Object.entries(INERT)) reply.raw.setHeader(name, value);
      await installer.handleCallback(request.raw, reply.raw, {
        success: (_installation, _options, _request, response) =>
          say(response, 200, 'Shipmate is installed. Type /shipmate help in Slack.'),
        failure: (_error, _options, _request, response) =>
          say(response, 400, `Shipmate was not installed: the request was not complete or too old. Start again at ${PATHS.install}.`),
      });
    });
  };
}

/** What every answer of ours says to browsers; the server adds it to those that it writes. */
const INERT = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const;

/** Nothing of the request is in it. */
function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(text);
}
