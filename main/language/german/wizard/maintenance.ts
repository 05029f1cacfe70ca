/** What the wizard and the screens of a maintenance share: the page's fields, passes, figures. */
export const MAINTENANCE = {
  "Language of the preview": "Sprache der Vorschau",
  "Language of your words": "Sprache Ihrer Texte",
  "Add a language": "Sprache hinzufügen",
  Title: "Titel",
  Text: "Text",
  Contact: "Kontakt",
  "Who to contact in the meantime.": "An wen man sich solange wenden kann.",
  "e.g. help@shop.example.com": "z. B. hilfe@shop.example.com",
  "Language of these words": "Sprache dieser Texte",
  "Visitors who prefer another language get this one.": "Besucher mit einer anderen Sprache bekommen diese.",
  "Without a title or text of yours, visitors get the built-in words in their language.":
    "Ohne eigenen Titel oder Text bekommen Besucher den eingebauten in ihrer Sprache.",
  "Remove {language}": "{language} entfernen",
  Colour: "Farbe",
  "Of the mark, and of a line along the top.": "Für das Zeichen und eine Linie am oberen Rand.",
  "Suggested colours": "Vorgeschlagene Farben",
  "Amber, as built in": "Bernstein, wie eingebaut",
  Blue: "Blau",
  Green: "Grün",
  Red: "Rot",
  Violet: "Violett",
  Grey: "Grau",

  "1 hour": "1 Stunde",
  "4 hours": "4 Stunden",
  "1 day": "1 Tag",
  "1 week": "1 Woche",
  "Name {max} people at most; more passes can be made once the site is closed.":
    "Nennen Sie höchstens {max} Personen; weitere Pässe lassen sich ausstellen, wenn die Website geschlossen ist.",
  "A name has {max} characters at most.": "Ein Name hat höchstens {max} Zeichen.",
  "Staff passes": "Mitarbeiterpässe",
  "A link per person. It opens {site} for the browser that follows it, while visitors see the page.":
    "Ein Link pro Person. Er öffnet {site} für den Browser, der ihm folgt, während Besucher die Seite sehen.",
  "until {time}": "bis {time}",
  "not used yet": "noch nicht benutzt",
  "last used {time}": "zuletzt benutzt {time}",
  "Revoke the pass of {name}": "Pass von {name} widerrufen",
  Revoke: "Widerrufen",
  "Making the links for {names}…": "Links für {names} werden ausgestellt …",
  "Send it to {name}. Once hidden, it cannot be shown again.":
    "Senden Sie ihn an {name}. Einmal ausgeblendet, lässt er sich nicht wieder anzeigen.",
  "Hide the links for {name}": "Links für {name} ausblenden",
  Hide: "Ausblenden",
  "Copy the link for {name} to {host}": "Link für {name} zu {host} kopieren",
  "Link copied": "Link kopiert",
  Copy: "Kopieren",
  "Valid for": "Gültig für",
  "Make a pass": "Pass ausstellen",
  "No pass was made for {names}.": "Für {names} wurde kein Pass ausgestellt.",
  "Revoke the pass of {name}?": "Pass von {name} widerrufen?",
  "From now on {name} sees what visitors see.": "Ab sofort sieht {name}, was Besucher sehen.",

  "{name} (until {time})": "{name} (bis {time})",
  "Each site has passes of its own, on each server. Its own screen makes the links once it is closed.":
    "Jede Website hat auf jedem Server eigene Pässe. Ihre Ansicht stellt die Links aus, sobald sie geschlossen ist.",
  "It is planned for later: the site’s own screen makes the links once it is closed.":
    "Für später geplant: Die Ansicht der Website stellt die Links aus, sobald sie geschlossen ist.",
  "Make a pass for": "Pass ausstellen für",
  "Names, with commas between. You get a link for each as soon as the site is closed.":
    "Namen, mit Kommas dazwischen. Sobald die Website geschlossen ist, gibt es für jeden einen Link.",
  "e.g. Anna, Ben": "z. B. Anna, Ben",
  "Still valid: {holders}.": "Noch gültig: {holders}.",
  "No links are made now. Once a site is closed, its own screen makes them for {names}.":
    "Jetzt entstehen keine Links. Ist eine Website geschlossen, stellt ihre Ansicht sie für {names} aus.",
} as const;
