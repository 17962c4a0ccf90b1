import { fileURLToPath } from 'node:url';
import { TEST_IMAGES } from '../test-images.ts';

const tagOf = (image: string): string => image.slice(image.lastIndexOf(':') + 1);

/** Versions of the tiny app. With `broken`, `web` (the second wave) ends at once; the first wave is fine. */
export const VERSIONS = { first: tagOf(TEST_IMAGES.good), second: tagOf(TEST_IMAGES.next), broken: tagOf(TEST_IMAGES.crashing) } as const;

/** Compose files. */
export const TINY_APP = fileURLToPath(new URL('./tiny-app.yaml', import.meta.url));
export const ONE_SERVICE = fileURLToPath(new URL('./one-service.yaml', import.meta.url));

export const JOB = 'migrate';
