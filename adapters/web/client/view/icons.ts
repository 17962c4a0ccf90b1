import { html, type View } from '../html.ts';

/** Line icons on a 24 grid, drawn in the colour of the text around them. */
const PATHS = {
  hash: 'M5 9h14M5 15h14M10 4 8 20M16 4l-2 16',
  send: 'M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4',
  close: 'M6 6l12 12M18 6 6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  thread: 'M5 5h14v10H11l-4 4v-4H5V5Z',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 2.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2Z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  cross: 'm7 7 10 10M17 7 7 17',
  dash: 'M7 12h10',
  copy: 'M9 9h10v11H9V9Zm-4 6V4h10',
  down: 'M12 5v14m-6-6 6 6 6-6',
  up: 'M12 19V5m-6 6 6-6 6 6',
  left: 'M15 5l-7 7 7 7',
  swap: 'M7 10l5-5 5 5M7 14l5 5 5-5',
  warning: 'M12 4 2.8 19.5h18.4L12 4Zm0 6v4.5m0 2.4v.1',
  retry: 'M4.5 12a7.5 7.5 0 1 1 2.3 5.4M4.5 18v-4.5H9',
  wheel:
    'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm0-14.5v5.5m0 9V22M2 12h5.5m9 0H22M4.9 4.9l3.9 3.9m6.4 6.4 3.9 3.9m0-14.2-3.9 3.9m-6.4 6.4-3.9 3.9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): View {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
