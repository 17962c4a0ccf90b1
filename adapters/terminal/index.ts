export { wrap } from './layout.ts';
export { LiveView } from './live-view.ts';
export { renderMessage } from './render-message.ts';
export { openTerminal, type Terminal } from './terminal.ts';
