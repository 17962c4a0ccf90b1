import { generateKeyPairSync, sign } from 'node:crypto';
import type { DiscordPeer } from './peer.ts';
import type { PeerInteraction, PeerMessage } from './peer-state.ts';
import { snowflake } from './snowflakes.ts';

/** The person who clicks and types in these tests. */
export const ADA = { id: snowflake(), username: 'ada', global_name: 'Ada' } as const;
export const ROLE = snowflake();

type Data = Record<string, unknown>;

export type DiscordUser = { readonly id: string; readonly username: string; readonly global_name: string };

/** An interaction in a server, as Discord sends it with either way in, and what Discord remembers of it. */
export function interactionFrom(
  peer: DiscordPeer,
  type: 2 | 3 | 4 | 5,
  data: Data,
  given: { readonly clicked?: PeerMessage; readonly direct?: boolean; readonly user?: DiscordUser } = {},
): { readonly known: PeerInteraction; readonly sent: Data } {
  const known = peer.newInteraction(given.clicked ?? null);
  const user = given.user ?? ADA;
  const place =
    given.direct === true
      ? { user, channel_id: given.clicked?.channel_id ?? snowflake(), context: 1 }
      : {
          guild_id: peer.state.guildId,
          channel_id: peer.channel.id,
          member: { user, nick: null, roles: [ROLE], permissions: '0' },
          context: 0,
        };
  const sent = {
    id: known.id,
    application_id: peer.state.applicationId,
    token: known.token,
    version: 1,
    type,
    data,
    locale: 'en-GB',
    entitlements: [],
    authorizing_integration_owners: {},
    attachment_size_limit: 10_485_760,
    ...place,
    ...(given.clicked === undefined ? {} : { message: { ...given.clicked, type: 0 } }),
  };
  return { known, sent };
}

export function slash(name: string, options: readonly Data[] = []): Data {
  return { id: snowflake(), name, type: 1, options };
}

export function click(customId: string): Data {
  return { custom_id: customId, component_type: 2, id: 5 };
}

/** A submitted modal: every field within its label. */
export function submitted(customId: string, values: Readonly<Record<string, string | readonly string[]>>): Data {
  return {
    custom_id: customId,
    components: Object.entries(values).map(([name, value], index) => ({
      type: 18,
      id: index * 2 + 1,
      component:
        typeof value === 'string'
          ? { type: 4, id: index * 2 + 2, custom_id: name, value }
          : { type: 3, id: index * 2 + 2, custom_id: name, values: value },
    })),
  };
}

/** An application's key pair, and requests signed with it as Discord signs: time and body, in one piece. */
export function createSigner() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  return {
    publicKey: Buffer.from(String(x), 'base64url').toString('hex'),
    headers(body: string, at: number = Date.now()): Record<string, string> {
      const timestamp = String(Math.floor(at / 1000));
      return {
        'content-type': 'application/json',
        'x-signature-ed25519': sign(null, Buffer.from(timestamp + body), privateKey).toString('hex'),
        'x-signature-timestamp': timestamp,
      };
    },
  };
}
