/** What the schedule showed last, so that coming back to it leads to the same place. */
export type View = "month" | "week" | "list";

export const shownBefore: { view: View; anchor: string | undefined } = { view: "week", anchor: undefined };
