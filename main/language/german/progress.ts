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
    "{count, plural, one {# Name} other {# Namen}} nicht abgefragt.",

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
    "Besucher bekommen Ihre eigene Seite, {folder}. Ändern Sie die Datei auf dem Server; Besucher bekommen sie sofort.",
  "Who gets in": "Wer durchkommt",
  "Nobody everywhere.": "Überall niemand.",
  "Those that have it everywhere:": "Wer überall durchgelassen wird:",
  "Nobody.": "Niemand.",
  "No longer let in {who}": "{who} nicht mehr durchlassen",
  "Let in, too": "Auch durchlassen",
  "Paths and addresses, like {path} or {network}.": "Pfade und Adressen, wie {path} oder {network}.",
  "For the history.": "Für den Verlauf.",
  Change: "Ändern",
  "A window ends this maintenance, so it has an end.":
    "Ein Wartungsfenster beendet diese Wartung; darum hat sie ein Ende.",
  "Enter a date and time, or choose no end.": "Geben Sie Datum und Uhrzeit ein oder wählen Sie kein Ende.",
  "This time has passed. Choose a later one, or no end.":
    "Diese Zeit ist vorbei. Wählen Sie eine spätere oder kein Ende.",
  "“{entry}” is neither a path, like /healthz, nor an address.":
    "„{entry}“ ist weder ein Pfad, wie /healthz, noch eine Adresse.",
  "staff passes": "Mitarbeiterpässe",
  "from {addresses}": "von {addresses}",

  // A maintenance in progress.
  "Ask at an address": "Adresse abfragen",
  "For names that only lead there inside your network, e.g. 10.0.0.5 or 10.0.0.5:8443. Kept for this site.":
    "Für Namen, die nur in Ihrem Netz dorthin führen, z. B. 10.0.0.5 oder 10.0.0.5:8443. Wird für diese Website gespeichert.",
  "Ask there": "Dort abfragen",
  "By DNS again": "Wieder per DNS",
  "in about {time}": "in etwa {time}",
  "no known end": "kein bekanntes Ende",
  "not known yet": "noch nicht bekannt",
  "The WebSocket is closed with code 1012 (service restart). Well-behaved pages connect again, and then get the maintenance page.":
    "Der WebSocket wird mit Code 1012 (service restart) geschlossen. Gut programmierte Seiten verbinden sich neu und bekommen dann die Wartungsseite.",
  "The event stream ends. Browsers connect again once, get the maintenance page, and stop until the page is loaded again.":
    "Der Event-Stream endet. Browser verbinden sich einmal neu, bekommen die Wartungsseite und warten dann, bis die Seite neu geladen wird.",
  "The visitor has {bytes} and gets nothing more. It cannot be resumed from here.":
    "Der Besucher hat {bytes} und bekommt nichts mehr. Von hier aus lässt sich die Übertragung nicht fortsetzen.",
  "Cut the request": "Anfrage abbrechen",
  "Disconnect politely": "Sauber trennen",
  "Disconnect politely…": "Sauber trennen …",
  "Cut…": "Abbrechen …",
  "Still finishing": "Noch laufend",
  "Not known.": "Nicht bekannt.",
  "No requests from before the switch are in flight.": "Es läuft keine Anfrage von vor der Umschaltung mehr.",
  Action: "Aktion",
  "{request} from {client}": "{request} von {client}",
  "Requests from before the switch: {first, number} when first seen, {now, number} now, {most, number} at most.":
    "Anfragen von vor der Umschaltung: {first, number} anfangs, {now, number} jetzt, höchstens {most, number}.",
  "{time} switched": "{time} umgeschaltet",
  "{copycat} moved to the top, so that {site} is closed": "{copycat} nach oben geschoben, damit {site} geschlossen ist",
  "Changed while it ran": "Währenddessen geändert",
  "checking…": "wird geprüft …",
  "{count, number} wrong · observed at {time}": "{count, number} falsch · beobachtet um {time}",
  "not seen from this computer · observed at {time}": "von diesem Computer aus nicht zu sehen · beobachtet um {time}",
  "as planned · observed at {time}": "wie geplant · beobachtet um {time}",
  "From this computer, by DNS": "Von diesem Computer aus, per DNS",
  "From this computer, at {address}": "Von diesem Computer aus, unter {address}",
  "Visitors get this in place of the maintenance page.": "Besucher bekommen dies anstelle der Wartungsseite.",
  "Visitors still get the maintenance page.": "Besucher bekommen noch die Wartungsseite.",
  "The server answers so itself, as the other column says.":
    "So antwortet der Server selbst, wie die andere Spalte zeigt.",
  "Show its web servers": "Seine Webserver anzeigen",
  Page: "Seite",
  "{count, plural, one {its own listener, {addresses}} other {its own listeners, {addresses}}}":
    "{count, plural, one {seinen eigenen Listener, {addresses}} other {seine eigenen Listener, {addresses}}}",
  "{count, plural, one {{webServer}’s listener, {addresses}} other {{webServer}’s listeners, {addresses}}}":
    "{count, plural, one {den Listener von {webServer}, {addresses}} other {die Listener von {webServer}, {addresses}}}",
  ", and ": " und ",
  "The agent asked its own listeners.": "Der Agent hat seine eigenen Listener abgefragt.",
  "The agent asked {listeners}.": "Der Agent hat {listeners} abgefragt.",
  "The agent asked {listeners}, as a visitor does.": "Der Agent hat {listeners} abgefragt, wie ein Besucher.",
  "{count, number} answers, same cause:": "{count, number} Antworten, gleiche Ursache:",
  "1 answer:": "1 Antwort:",
  "Expected {expected}, observed {observed}.": "Erwartet {expected}, beobachtet {observed}.",
  "and {count, plural, one {# other cause} other {# other causes}}":
    "und {count, plural, one {# weitere Ursache} other {# weitere Ursachen}}",
  "Move the copycat to the top": "Copycat nach ganz oben",
  "At the server": "Am Server",
  "everything as planned · observed at {time} in {duration}": "alles wie geplant · beobachtet um {time} in {duration}",
  "{count, number} wrong · observed at {time} in {duration}":
    "{count, number} falsch · beobachtet um {time} in {duration}",
  "skipped: {why}": "ausgelassen: {why}",
  "Skipped: {why}": "Ausgelassen: {why}",
  "Check again": "Noch einmal prüfen",
  "Hide {answers, plural, one {# answer} other {# answers}} at {addresses, plural, one {# address} other {# addresses}}":
    "{answers, plural, one {# Antwort} other {# Antworten}} an {addresses, plural, one {# Adresse} other {# Adressen}} ausblenden",
  "Show {answers, plural, one {# answer} other {# answers}} at {addresses, plural, one {# address} other {# addresses}}":
    "{answers, plural, one {# Antwort} other {# Antworten}} an {addresses, plural, one {# Adresse} other {# Adressen}} anzeigen",
  "Last seen {time} ago": "Vor {time} zuletzt gesehen",
  "{state} · {count, plural, one {# wrong answer} other {# wrong answers}}":
    "{state} · {count, plural, one {# falsche Antwort} other {# falsche Antworten}}",
  "Bring back, keep the page for next time": "Wieder öffnen, Seite fürs nächste Mal behalten",
  "The server no longer has this maintenance.": "Der Server hat diese Wartung nicht mehr.",
  "started by {author} at {time} on {server}": "begonnen von {author}, {time}, auf {server}",
  "brought back by {author} after {time}": "von {author} nach {time} wieder geöffnet",
  "observed at {time}": "beobachtet um {time}",
  "Visitors may reach the site.": "Vielleicht erreichen Besucher die Website.",
  "Brought back automatically": "Automatisch wieder geöffnet",
  "Not brought back automatically": "Nicht automatisch wieder geöffnet",
  "{outcome} at {time}: {why}.": "{outcome}, {time}: {why}.",
  "The agent brought it back": "Der Agent hat sie wieder geöffnet",
  "The agent still checks. If the proof fails, it brings the site back.":
    "Der Agent prüft noch. Schlägt die Prüfung fehl, öffnet er die Website wieder.",
  "Counts and drain": "Zahlen und Auslaufen",
  switch: "Umschaltung",
  "switch back": "Rückschaltung",
  "Seen at {time}.": "Beobachtet um {time}.",
  "Requests of this site from before the switch": "Anfragen dieser Website von vor der Umschaltung",
  "{words}. Perhaps nobody came; perhaps something leads visitors past it: see what answers them from outside.":
    "{words}. Vielleicht kam niemand; vielleicht führt etwas die Besucher daran vorbei: Sehen Sie nach, was von außen antwortet.",
  "The copycat stands below the original, ready for next time.":
    "Der Copycat steht unter dem Original, bereit fürs nächste Mal.",
  "What was changed, and how it is undone": "Was geändert wurde und wie es zurückgenommen wird",
  "Switched together with {operation} on {servers, plural, one {# server} other {# servers}}":
    "Zusammen umgeschaltet mit {operation} auf {servers, plural, one {# Server} other {# Servern}}",
  "Switched together with {operation}": "Zusammen umgeschaltet mit {operation}",
  "Requests in flight cannot be shown": "Laufende Anfragen lassen sich nicht anzeigen",
} as const;
