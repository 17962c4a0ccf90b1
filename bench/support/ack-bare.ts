import { App, HTTPReceiver } from '@slack/bolt';
import { createLogger } from '../../adapters/pino/create-logger.ts';
import { createSlackLogger } from '../../adapters/slack/slack-logger.ts';
import { SIGNING_SECRET } from '../../test/support/slack/sender.ts';

/** A Bolt app as its documentation begins: it checks the signature, acknowledges, and does nothing else. */
const logger = createSlackLogger(createLogger({ level: 'error', pretty: false, destination: process.stderr }));
const receiver = new HTTPReceiver({ signingSecret: SIGNING_SECRET, logger });
const app = new App({ receiver, logger, authorize: async () => ({ botToken: 'xoxb-bench', botId: 'B1', botUserId: 'U1' }) });
app.command(/./, async ({ ack }) => ack());

const server = await app.start({ host: '127.0.0.1', port: 0 });
const address = server.address();
process.send?.({ url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/slack/events` });
process.on('disconnect', () => process.exit(0));
