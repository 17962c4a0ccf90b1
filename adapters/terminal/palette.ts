import { styleText } from 'node:util';
import type { Tone } from '../../src/chat/message.ts';

/** How words look. Without colours every style is the text itself. */
export type Palette = {
  strong(text: string): string;
  quiet(text: string): string;
  tone(tone: Tone, text: string): string;
};

type Style = Parameters<typeof styleText>[0];

const TONES: Readonly<Record<Tone, Style>> = {
  neutral: 'bold',
  progress: ['bold', 'cyan'],
  success: ['bold', 'green'],
  warning: ['bold', 'yellow'],
  danger: ['bold', 'red'],
};

export function createPalette(hasColors: boolean): Palette {
  const paint = (style: Style, text: string) => (hasColors ? styleText(style, text, { validateStream: false }) : text);
  return {
    strong: (text) => paint('bold', text),
    quiet: (text) => paint('dim', text),
    tone: (tone, text) => paint(TONES[tone], text),
  };
}
