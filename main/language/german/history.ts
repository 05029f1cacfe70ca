/** The history, and the receipts in it. */
export const HISTORY = {
  "What visitors saw": "Was Besucher sahen",
  "status {status}, as of the switch": "Status {status}, zur Zeit der Umschaltung",
  "Loading the page…": "Die Seite wird geladen …",
  "Somebody else had put the copycat in, so what it said is not part of this receipt.":
    "Den Copycat hatte jemand anderes eingesetzt; was er sagte, steht nicht in diesem Protokoll.",
  "Your own page from {folder} on the server. What the files said then is not kept.":
    "Ihre eigene Seite aus {folder} auf dem Server. Was die Dateien damals sagten, wird nicht aufbewahrt.",
  "The page as visitors saw it": "Die Seite, wie Besucher sie sahen",
  "As curl and API clients received it": "Wie curl und API-Clients sie bekamen",
  "What curl received": "Was curl bekam",
  "What an API client received": "Was ein API-Client bekam",
  "Not looked at from this computer.": "Von diesem Computer aus nicht angesehen.",
  "Observed at {time} by this computer, by DNS.": "Beobachtet um {time} von diesem Computer, per DNS.",
  "Observed at {time} by this computer, at {address}.": "Beobachtet um {time} von diesem Computer, unter {address}.",
  "Looked at from this computer": "Von diesem Computer aus angesehen",
  "no address could be asked": "keine Adresse konnte angefragt werden",
  "{wrong, number} of {count, plural, one {# address} other {# addresses}} wrong: {answer}":
    "{wrong, number} von {count, plural, one {# Adresse} other {# Adressen}} falsch: {answer}",
  "not seen from this computer: {why}": "von diesem Computer aus nicht zu sehen: {why}",
  "{count, plural, one {# address} other {# addresses}} as planned":
    "{count, plural, one {# Adresse} other {# Adressen}} wie geplant",
  "{count, plural, one {# address} other {# addresses}} as planned, {unseen, number} not seen":
    "{count, plural, one {# Adresse} other {# Adressen}} wie geplant, {unseen, number} nicht zu sehen",
  "From this computer, while it was closed": "Von diesem Computer aus, während sie geschlossen war",
  "From this computer, later": "Von diesem Computer aus, später",
  "From this computer, after the way back": "Von diesem Computer aus, nach dem Wiederöffnen",
} as const;
