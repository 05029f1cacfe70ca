import { type Refusal, refuse } from "../../result.ts";

/** What a client demands of the generation it changes: nothing, any, or exactly this one. */
export type Precondition = { kind: "none" } | { kind: "any" } | { kind: "generation"; generation: number };

/** Refuses when the active generation is another one than the client knew. */
export function checkPrecondition(precondition: Precondition, active: number): Refusal | undefined {
  if (precondition.kind !== "generation" || precondition.generation === active) return undefined;
  return refuse(
    "config.stale",
    `Someone else changed the configuration: generation ${active} is active, you changed ${precondition.generation}. Read it again and repeat your change.`,
    {
      generation: active,
    },
  ).refusal;
}
