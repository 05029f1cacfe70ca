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

  // Changing a maintenance while it runs.
  "Change the maintenance of {name}": "Wartung von {name} ändern",
  "They stay closed meanwhile. Visitors get what is new at once.":
    "Alle bleiben derweil geschlossen. Besucher bekommen das Neue sofort.",
  "It stays closed meanwhile. Visitors get what is new at once.":
    "Die Website bleibt derweil geschlossen. Besucher bekommen das Neue sofort.",
  "Different on each site; keep that": "Je Website verschieden; so lassen",
  "The pages of these sites differ. What you write here is for all of them; the rest stays as it is.":
    "Die Seiten dieser Websites unterscheiden sich. Was Sie hier schreiben, gilt für alle; der Rest bleibt.",
  "+{minutes} min": "+{minutes} min",
  "+1 h": "+1 h",
  "Ends on": "Endet am",
  "Ends at": "Endet um",
  "In {time}.": "In {time}.",
  "Visitors get your own page, {folder}. Change the file on the server; they get it at once.":
    "Besucher bekommen Ihre eigene Seite, {folder}. Ändern Sie die Datei auf dem Server; sie bekommen es sofort.",
  "Who gets in": "Wer durchkommt",
  "Nobody everywhere.": "Niemand überall.",
  "Those that have it everywhere:": "Wer überall durchgelassen wird:",
  "Nobody.": "Niemand.",
  "No longer let in {who}": "{who} nicht mehr durchlassen",
  "Let in, too": "Auch durchlassen",
  "Paths and addresses, like {path} or {network}.": "Pfade und Adressen, wie {path} oder {network}.",
  "For the history.": "Für den Verlauf.",
  Change: "Ändern",
  "A window ends this maintenance, so it has an end.":
    "Ein Wartungsfenster beendet diese Wartung, also hat sie ein Ende.",
  "Enter a date and time, or choose no end.": "Datum und Uhrzeit eingeben oder kein Ende wählen.",
  "This time has passed. Choose a later one, or no end.":
    "Diese Zeit ist vorbei. Wählen Sie eine spätere oder kein Ende.",
  "“{entry}” is neither a path, like /healthz, nor an address.":
    "„{entry}“ ist weder ein Pfad, wie /healthz, noch eine Adresse.",
  "staff passes": "Mitarbeiterpässe",
  "from {addresses}": "von {addresses}",

  // Several servers.
  "Change…": "Ändern …",
  "Latest change": "Letzte Änderung",
  "{count, plural, one {# site is} other {# sites are}} being changed…":
    "{count, plural, one {# Website wird} other {# Websites werden}} geändert …",
  "Changed on {servers}.": "Geändert auf {servers}.",
  "Changed on all {count, plural, one {# server} other {# servers}}.":
    "Auf {count, plural, one {# Server} other {allen # Servern}} geändert.",
  "Not changed on {servers}.": "Nicht geändert auf {servers}.",
  "Not known whether changed on {servers}.": "Unbekannt, ob geändert auf {servers}.",
  "Try again on {count, plural, one {# server} other {# servers}}":
    "Auf {count, plural, one {# Server} other {# Servern}} noch einmal versuchen",
  "Nothing was changed": "Nichts wurde geändert",
} as const;
