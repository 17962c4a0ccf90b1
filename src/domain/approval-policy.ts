/** Who has to agree before a deployment to a protected environment runs. Times in milliseconds. */
export type ApprovalPolicy = {
  /** All of them have to hold, each by people of its own: whoever belongs to two groups agrees for one of them. */
  readonly rules: readonly ApprovalRule[];
  /** From the request to the start of the deployment; afterwards it has to be asked for again. */
  readonly expiresAfterMs: number;
  readonly secondFactor: boolean;
  /** Between the request and the start, however fast everyone agrees. 0: none. */
  readonly waitMs: number;
  readonly remindAfterMs: number;
  /** Null: never. */
  readonly escalateAfterMs: number | null;
  /** Roles, groups and people who are told then. They may agree only where a rule names them. */
  readonly escalateTo: readonly string[];
};

export type ApprovalRule = {
  readonly count: number;
  /** Roles of the app, groups of the workspace, groups of platforms, people; one of them is enough. */
  readonly from: readonly string[];
};

export type Standing = {
  /** How many of each rule's `count` have agreed. */
  readonly filled: readonly number[];
  readonly isMet: boolean;
};

/**
 * How far the rules are filled by these people, each counted for one rule only. `eligible` lists, per person, the rules they may
 * count for. A maximum matching (augmenting paths), so that nobody's agreement is wasted on a rule that another could fill.
 */
export function standing(rules: readonly ApprovalRule[], eligible: readonly (readonly number[])[]): Standing {
  const takers: number[][] = rules.map(() => []);

  const place = (person: number, tried: Set<number>): boolean => {
    for (const rule of eligible[person] ?? []) {
      const taken = takers[rule];
      const wanted = rules[rule]?.count;
      if (taken === undefined || wanted === undefined || tried.has(rule)) continue;
      tried.add(rule);
      if (taken.length < wanted) {
        taken.push(person);
        return true;
      }
      const moved = taken.findIndex((other) => place(other, tried));
      if (moved === -1) continue;
      taken[moved] = person;
      return true;
    }
    return false;
  };

  eligible.forEach((_, person) => {
    place(person, new Set());
  });
  const filled = takers.map((taken) => taken.length);
  // A policy without rules is a broken one: nothing is met by it.
  return { filled, isMet: rules.length > 0 && rules.every((rule, index) => filled[index] === rule.count && rule.count > 0) };
}
