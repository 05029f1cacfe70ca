/** The history, and the receipts in it. */
export const HISTORY = {
  "What visitors saw": "Was Besucher sahen",
  "status {status}, as of the switch": "Status {status}, Stand der Umschaltung",
  "Loading the page…": "Die Seite wird geladen …",
  "Somebody else had put the copycat in, so what it said is not part of this receipt.":
    "Den Copycat hatte jemand anderes eingesetzt; darum steht seine Seite nicht in diesem Protokoll.",
  "Your own page from {folder} on the server. What the files said then is not kept.":
    "Ihre eigene Seite aus {folder} auf dem Server. Was damals in den Dateien stand, wird nicht aufbewahrt.",
  "The page as visitors saw it": "Die Seite, wie Besucher sie sahen",
  "As curl and API clients received it": "Wie curl und API-Clients sie bekamen",
  "What curl received": "Was curl bekam",
  "What an API client received": "Was ein API-Client bekam",
  "Not looked at from this computer.": "Von diesem Computer aus nicht geprüft.",
  "Observed at {time} by this computer, by DNS.": "Um {time} von diesem Computer per DNS beobachtet.",
  "Observed at {time} by this computer, at {address}.": "Um {time} von diesem Computer unter {address} beobachtet.",
  "Looked at from this computer": "Von diesem Computer aus geprüft",
  "no address could be asked": "keine Adresse war abzufragen",
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

  // The list.
  "Any time": "Jederzeit",
  "Last 24 hours": "Letzte 24 Stunden",
  "Last 7 days": "Letzte 7 Tage",
  "Last 30 days": "Letzte 30 Tage",
  Everybody: "Alle Personen",
  "Today, {day}": "Heute, {day}",
  "Yesterday, {day}": "Gestern, {day}",
  "the configuration is what it was before": "die Konfiguration ist wieder wie zuvor",
  "the copycat stands below the original": "der Copycat steht unter dem Original",
  "other changes stay": "andere Änderungen bleiben",
  "{site} on {server}, {time}": "{site} auf {server}, {time}",
  "for {time} now": "seit {time}",
  "brought back by {author}, {outcome}": "von {author} wieder geöffnet, {outcome}",
  "Find a maintenance": "Wartung suchen",
  "Site, server, person, reason": "Website, Server, Person, Grund",
  Person: "Person",
  Time: "Zeit",
  "Only of {site}: show all sites": "Nur von {site}: alle Websites anzeigen",
  "Nothing has been in maintenance yet": "Noch war nichts in Wartung",
  "Every switch leaves a receipt here: who, when and why, what changed, what visitors got, and the proof at the agent that it answers as planned.":
    "Jede Umschaltung hinterlässt hier ein Protokoll: wer, wann und warum, was sich änderte, was Besucher bekamen, und die Prüfung am Agenten, ob er wie geplant antwortet.",
  "Start with a server": "Mit Server anfangen",
  "Nothing matches": "Keine Treffer",
  "No receipt has this text in its site, server, author or reason, together with these filters.":
    "Mit diesen Filtern enthält kein Protokoll diesen Text in Website, Server, Person oder Grund.",
  "Who and why": "Wer und warum",
  "Show {count, number} older": "{count, number} ältere anzeigen",
  "Reverted automatically": "Automatisch wieder geöffnet",
  "Back, not as planned": "Wieder da, nicht wie geplant",
  "When last seen": "Zuletzt gesehen",

  // A receipt.
  "There is none: the agent ended, or the next switch came first.":
    "Es gibt keine: Der Agent wurde beendet, oder die nächste Umschaltung kam zuvor.",
  "Observed at {time} in {duration} by the agent, at its own listeners.":
    "Um {time} in {duration} vom Agenten an seinen eigenen Listenern beobachtet.",
  "{count, plural, one {# answer} other {# answers}}: {message}":
    "{count, plural, one {# Antwort} other {# Antworten}}: {message}",
  "Asked as": "Abgefragt als",
  Expected: "Erwartet",
  "not asked": "nicht abgefragt",
  "Written to {file}": "Geschrieben: {file}",
  "The receipt was not written": "Das Protokoll wurde nicht geschrieben",
  "The server has this receipt no more; it keeps those of its latest 200 generations.":
    "Der Server hat dieses Protokoll nicht mehr; er bewahrt die seiner letzten 200 Generationen auf.",
  "Show the history": "Verlauf anzeigen",
  "Copy as Markdown": "Als Markdown kopieren",
  "Receipt copied as Markdown": "Protokoll als Markdown kopiert",
  "Copy as JSON": "Als JSON kopieren",
  "Receipt copied as JSON": "Protokoll als JSON kopiert",
  "Save as Markdown…": "Als Markdown speichern …",
  "Save as JSON…": "Als JSON speichern …",
  Export: "Exportieren",
  "Show how it goes": "Stand anzeigen",
  "Do this again…": "Noch einmal …",
  "together with {operation}": "zusammen mit {operation}",
  "together with {operation} on {servers, plural, one {# server} other {# servers}}":
    "zusammen mit {operation} auf {servers, plural, one {# Server} other {# Servern}}",
  Counts: "Zahlen",
  "Who got in": "Wer durchgelassen wurde",
  "Nobody: there was no exception.": "Niemand: Es gab keine Ausnahme.",
  "Staff had the site at {hosts}.": "Mitarbeiter hatten die Website unter {hosts}.",
  "Proof after the switch": "Prüfung nach der Umschaltung",
  "Checked again": "Noch einmal geprüft",
  "Proof after the way back": "Prüfung nach dem Wiederöffnen",
  "What was changed, and how it was undone": "Was geändert und wie es zurückgenommen wurde",

  // The timeline.
  Timeline: "Ablauf",
  "Went into maintenance": "In Wartung genommen",
  "by its window": "durch ihr Wartungsfenster",
  "by {author}": "von {author}",
  "switched in {time}": "umgeschaltet in {time}",
  "generation {number}": "Generation {number}",
  Changed: "Geändert",
  "Announced end": "Angekündigtes Ende",
  "Brought back": "Wieder geöffnet",
  "after {time}": "nach {time}",
  "{count, plural, one {# answer} other {# answers}} as planned":
    "{count, plural, one {# Antwort} other {# Antworten}} wie geplant",
  "{wrong, number} of {count, plural, one {# answer} other {# answers}} wrong":
    "{wrong, number} von {count, plural, one {# Antwort} other {# Antworten}} falsch",
  "{words}, {count, number} not asked": "{words}, {count, number} nicht abgefragt",
  "The copycat stands below the original.": "Der Copycat steht unter dem Original.",

  // As Markdown.
  "none given": "keiner genannt",
  "it is still in maintenance": "sie ist noch in Wartung",
  "Switched together": "Zusammen umgeschaltet",
  "What happened": "Was geschah",
  "Own page": "Eigene Seite",
  "Let through": "Durchgelassen",
  "In flight at the switch: {finished, number} finished, {cut, number} cut, {draining, number} still finishing":
    "Laufend bei der Umschaltung: {finished, number} beendet, {cut, number} abgebrochen, {draining, number} noch laufend",
  "After the switch": "Nach der Umschaltung",
  "After the way back": "Nach dem Wiederöffnen",
  Changes: "Änderungen",
  "{words}, observed at {time}": "{words}, beobachtet um {time}",
} as const;
