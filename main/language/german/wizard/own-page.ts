/** An own page: sent from this computer, and from one server to another. */
export const OWN_PAGE = {
  "With index.html, its images and styles: 200 files and 5 MB at most.":
    "Mit index.html, Bildern und Stilen: höchstens 200 Dateien und 5 MB.",
  "{name} is on {count, plural, one {the server} other {the servers}}; it is kept as long as something uses it.":
    "{name} ist auf {count, plural, one {dem Server} other {den Servern}} und bleibt dort, solange etwas sie benutzt.",
  "The page that was sent": "Die gesendete Seite",
  "The page that was sent is not on {servers} yet.": "Die gesendete Seite ist noch nicht auf {servers}.",
  "The page that was sent is not on {servers}, nor on another server that is connected: upload it again.":
    "Die gesendete Seite ist weder auf {servers} noch auf einem anderen verbundenen Server: Laden Sie sie noch einmal hoch.",
  "Send it there": "Dorthin senden",
} as const;
