/** What several parts of the app say: buttons, counts, states. */
export const COMMON = {
  "At a time": "Zu einer Zeit",
  Cancel: "Abbrechen",
  "Expected end": "Erwartetes Ende",
  History: "Verlauf",
  Language: "Sprache",
  Name: "Name",
  "No end time": "Kein Ende",
  "no end time": "kein Ende",
  Overview: "Übersicht",
  Reason: "Grund",
  Schedule: "Kalender",
  Servers: "Server",
  Settings: "Einstellungen",
  "{count, plural, other {# more}}": "{count, plural, other {# weitere}}",
} as const;
