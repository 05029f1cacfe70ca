/** What several parts of the app say: buttons, counts, states. */
export const COMMON = {
  Cancel: "Abbrechen",
} as const;
