/** https://docs.discord.com/developers/reference#snowflakes: milliseconds since 2015 in the upper bits, a counter below. */
const EPOCH = 1_420_070_400_000n;
let counter = 0n;

export function snowflake(at: number = Date.now()): string {
  counter += 1n;
  return (((BigInt(Math.floor(at)) - EPOCH) << 22n) | (counter & 0x3fffffn)).toString();
}
