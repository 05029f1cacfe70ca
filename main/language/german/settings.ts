/** The settings, and the frame of every screen: sidebar, palette, questions. */
export const SETTINGS = {
  Screens: "Seiten",
  "No servers yet": "Noch keine Server",
  "{closed} in maintenance": "{closed} in Wartung",
  "{closed} in maintenance, {wrong} not as planned": "{closed} in Wartung, {wrong} nicht wie geplant",
  "{connected} of {all, plural, one {# server} other {# servers}} connected":
    "{connected} von {all, plural, one {# Server} other {# Servern}} verbunden",
  "As the system": "Wie das System",
  "The window is then loaded anew. An answer that you have begun to type is lost.":
    "Das Fenster wird dann neu geladen. Eine angefangene Antwort geht verloren.",
  "Language: {language}": "Sprache: {language}",
  "The language was not changed": "Die Sprache wurde nicht geändert",
} as const;
