/** What several parts of the app say: buttons, counts, states. */
export const COMMON = {
  Cancel: "Abbrechen",
  Name: "Name",
  Language: "Sprache",
  "{count, plural, other {# more}}": "{count, plural, other {# weitere}}",
  Overview: "Übersicht",
  Servers: "Server",
  Schedule: "Kalender",
  History: "Verlauf",
  Settings: "Einstellungen",
} as const;
