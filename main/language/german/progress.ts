/** A maintenance in progress, of one site and of several servers. */
export const PROGRESS = {
  "wrong:": "falsch:",
  "right:": "richtig:",
  "Not seen from this computer: {why}": "Von diesem Computer aus nicht zu sehen: {why}",
  "{answer}, with the maintenance page": "{answer}, mit der Wartungsseite",
  "{list} and {count} more": "{list} und {count} weitere",
  "Browsers warn: {fault}.": "Browser warnen: {fault}.",
  "{count, plural, one {# address} other {# addresses}}": "{count, plural, one {# Adresse} other {# Adressen}}",
  "{count, plural, one {# name} other {# names}} not asked.":
    "{count, plural, one {# Name} other {# Namen}} nicht angefragt.",
} as const;
