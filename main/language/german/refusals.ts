/** Why the main process refuses something, or could not do it. */
export const REFUSALS = {
  "There are {count} presets already; remove one first.": "Es gibt schon {count} Vorlagen; entfernen Sie erst eine.",
  "Start at login works in the installed app only; this one runs from its source tree.":
    "Der Start beim Anmelden ist nur in der installierten App möglich; diese läuft aus ihrem Quellbaum.",
  "Start at login was not changed: {why}": "Der Start beim Anmelden wurde nicht geändert: {why}",
  "{url} was not opened: links open your own sites over https.":
    "{url} wurde nicht geöffnet: Links öffnen Ihre eigenen Websites über https.",
  "The server has no receipt {receiptId} any more.": "Der Server hat das Protokoll {receiptId} nicht mehr.",
  "Ask for a year at most, with the end after the start.":
    "Fragen Sie höchstens nach einem Jahr, mit dem Ende nach dem Beginn.",
  "{command} failed in the app itself: {why}": "{command} ist in der App selbst fehlgeschlagen: {why}",
  "{file} is not JSON. Choose a list of servers that was exported by Backsoon.":
    "{file} ist kein JSON. Wählen Sie eine Serverliste, die Backsoon exportiert hat.",
  "{file} is not a server list of this version of Backsoon.":
    "{file} ist keine Serverliste dieser Version von Backsoon.",
  "{file} is not a server list of this version of Backsoon: {path}: {message}.":
    "{file} ist keine Serverliste dieser Version von Backsoon: {path}: {message}.",
  "{place} is already known as “{name}”.": "{place} ist schon als „{name}“ bekannt.",
  "{server} has not answered yet.": "{server} hat noch nicht geantwortet.",
  "There is no server {id}; it may have been removed.": "Es gibt keinen Server {id}; vielleicht wurde er entfernt.",
  "There is no draft for this server.": "Für diesen Server gibt es keinen Entwurf.",
  "This can no longer be undone. Change the window instead.":
    "Das lässt sich nicht mehr rückgängig machen. Ändern Sie stattdessen das Wartungsfenster.",
  "Someone else has moved its end, or ended it, in between.":
    "Inzwischen hat jemand das Ende verschoben oder es beendet.",
  "Each server may take part once; put its sites together.":
    "Jeder Server darf einmal teilnehmen; fassen Sie seine Websites zusammen.",
  "Nothing was exported, as a window of {server} could not be read: {why}":
    "Es wurde nichts exportiert, weil ein Wartungsfenster von {server} nicht gelesen werden konnte: {why}",
  "Nothing was exported, as no other program would read the rule of “{title}” on {server}; change it first: {fault}":
    "Es wurde nichts exportiert, weil kein anderes Programm die Regel von „{title}“ auf {server} lesen würde; ändern Sie sie erst: {fault}",
  "{file} has nothing to plan: its events are cancelled, or none of them takes place.":
    "{file} enthält nichts zu planen: Die Termine sind abgesagt, oder keiner findet statt.",
  "{file}, line {line}: {message}": "{file}, Zeile {line}: {message}",
} as const;
