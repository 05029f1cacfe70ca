/** What several parts of the app say: buttons, counts, states. */
export const COMMON = {
  Cancel: "Abbrechen",
  "{count, plural, other {# more}}": "{count, plural, other {# weitere}}",
} as const;
