import { stringify } from 'yaml';
import { clip, plainLine } from '../../src/chat/plain-text.ts';
import { SLACK_LIMITS } from './limits.ts';

/** What the bot may do; docs/slack.md says what each is for. Nothing here reads what people write to each other, except to find a message of its own again. */
export const SCOPES = [
  'app_mentions:read',
  'channels:history',
  'chat:write',
  'chat:write.public',
  'commands',
  'groups:history',
  'im:history',
  'im:write',
  'links:read',
  'links:write',
  'mpim:history',
  'usergroups:read',
  'users:read',
] as const;

export const MESSAGE_SHORTCUT = 'shipmate-deploy-here';
export const GLOBAL_SHORTCUT = 'shipmate-deploy';

export const PATHS = { events: '/slack/events', install: '/slack/install', redirect: '/slack/oauth_redirect' } as const;

export type ManifestOptions = {
  /** The public address of this Shipmate. */
  readonly url: string;
  readonly socketMode: boolean;
  readonly commands: readonly { readonly name: string; readonly summary: string; readonly usage: string }[];
};

/** The app's manifest as YAML, to be pasted at https://api.slack.com/apps: fields by https://docs.slack.dev/reference/app-manifest. */
export function slackManifest({ url, socketMode, commands }: ManifestOptions): string {
  const at = (path: string) => new URL(path, url).href;
  const address = socketMode ? {} : { url: at(PATHS.events) };
  const request = socketMode ? {} : { request_url: at(PATHS.events) };
  return stringify(
    {
      display_information: { name: 'Shipmate', description: 'Deploy, roll back and see what runs, from chat' },
      features: {
        app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
        bot_user: { display_name: 'shipmate', always_online: true },
        shortcuts: [
          { name: 'Deploy', type: 'global', callback_id: GLOBAL_SHORTCUT, description: 'Choose what to deploy' },
          {
            name: 'Deploy from here',
            type: 'message',
            callback_id: MESSAGE_SHORTCUT,
            description: 'Choose what to deploy; the card comes to this channel',
          },
        ],
        slash_commands: [UMBRELLA, ...commands].map((command) => slashCommand(command, address)),
        unfurl_domains: [new URL(url).hostname],
      },
      oauth_config: { redirect_urls: [at(PATHS.redirect)], scopes: { bot: [...SCOPES] } },
      settings: {
        event_subscriptions: {
          ...request,
          bot_events: ['app_home_opened', 'app_mention', 'app_uninstalled', 'link_shared', 'message.im', 'tokens_revoked'],
        },
        interactivity: { is_enabled: true, ...request, ...(socketMode ? {} : { message_menu_options_url: at(PATHS.events) }) },
        org_deploy_enabled: false,
        socket_mode_enabled: socketMode,
        token_rotation_enabled: false,
      },
    },
    { lineWidth: 0 },
  );
}

const UMBRELLA = { name: 'shipmate', summary: 'Every command of Shipmate', usage: '/shipmate <command>' };

function slashCommand({ name, summary, usage }: ManifestOptions['commands'][number], address: object) {
  const hint = plainLine(usage).replace(/^\/\S+\s*/, '');
  return {
    command: `/${name}`,
    ...address,
    description: clip(plainLine(summary), SLACK_LIMITS.commandDescription),
    ...(hint === '' ? {} : { usage_hint: clip(hint, SLACK_LIMITS.usageHint) }),
    // Names arrive as they were typed, and mean nothing to Shipmate.
    should_escape: false,
  };
}
