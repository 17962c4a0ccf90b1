/**
 * The right to write to an environment (or, of the delivery loop, to a chat platform): at most one holder, numbered by a
 * fencing token that only grows.
 */
export type Fence = { readonly stack: string; readonly deploymentId: string; readonly fence: number };
