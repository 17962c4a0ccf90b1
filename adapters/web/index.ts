export type { WebChatOptions } from './options.ts';
export { webChat } from './web-chat.ts';
