/** The wizard around its steps: their names, the buttons, what is said in short. */
export const WIZARD = {
  "How it works": "So funktioniert es",
  "All seven steps of the recipe, each with its preview.": "Alle sieben Schritte des Rezepts, jeder mit Vorschau.",
  "A copycat of the site answers in its place. Open this to see and change its name, domains and order.":
    "Ein Copycat der Website antwortet an ihrer Stelle. Klappen Sie dies auf, um Name, Domains und Reihenfolge zu sehen und zu ändern.",
  "settings from {site} on {server}": "Einstellungen von {site} auf {server}",
  "Leave without putting the site in maintenance?": "Verlassen, ohne die Website in Wartung zu nehmen?",
  "Your choices in the wizard are lost. Nothing was changed on the server.":
    "Die Angaben im Assistenten gehen verloren. Auf dem Server wurde nichts geändert.",
  "Cut every connection of {server}?": "Alle Verbindungen von {server} abbrechen?",
  "Put in maintenance and cut": "In Wartung nehmen und abbrechen",
  Review: "Überprüfen",
  "Nothing changes yet": "Noch ändert sich nichts",
  "Correct “{step}” first": "Erst „{step}“ korrigieren",
  "Agree to the warnings above first": "Erst den Warnungen oben zustimmen",
  "Nothing changes until you press the button": "Bis zum Klick ändert sich nichts",
  "Go to {step}": "Zu „{step}“",
  "Warning:": "Warnung:",
  Preview: "Vorschau",
  "This still shows the previous choice: fix the highlighted field.":
    "Noch zeigt sie die vorige Wahl: Korrigieren Sie das markierte Feld.",
  "This still shows the previous choice.": "Noch zeigt sie die vorige Wahl.",
  "Choose a site to see what will happen.": "Wählen Sie eine Website, um zu sehen, was geschieht.",
  "{server} as it is now": "{server}, wie er jetzt ist",
  "What {server} will look like: drag the copycat, or use its arrow keys":
    "Wie {server} aussehen wird: Copycat ziehen oder die Pfeiltasten benutzen",
  "What {server} will look like": "Wie {server} aussehen wird",
  "What visitors will see": "Was Besucher sehen werden",
  "Who answers for which name": "Wer für welchen Namen antwortet",
  "What visitors will see: the page itself": "Was Besucher sehen werden: die Seite selbst",
  "Request → who answers": "Anfrage → wer antwortet",

  "{covered, number} of {all, number}": "{covered, number} von {all, number}",
  "{covered, number} of {all, number}, {staff, number} for staff":
    "{covered, number} von {all, number}, {staff, number} für Mitarbeiter",
  "built-in page, 503": "eingebaute Seite, 503",
  "own page, 503": "eigene Seite, 503",
  "only status {status}": "nur Status {status}",
  nobody: "niemand",
  "{count, plural, one {# exception} other {# exceptions}}": "{count, plural, one {# Ausnahme} other {# Ausnahmen}}",
  "at the top": "ganz oben",
  "above {site}": "über {site}",
  planned: "geplant",
  "now, hard": "jetzt, hart",
  now: "jetzt",
  "now, hard, no end time": "jetzt, hart, kein Ende",
  "now, no end time": "jetzt, kein Ende",

  "In short": "Kurz gesagt",
  "Visitors see your page in {folder}": "Besucher sehen Ihre Seite in {folder}",
  "Visitors get status {status}": "Besucher bekommen Status {status}",
  "Visitors see “{title}”": "Besucher sehen „{title}“",
  "At {hosts}.": "Unter {hosts}.",
  "Programs are told to retry in {time}.": "Programme sollen es in {time} wieder versuchen.",
  "Programs are told to retry at the end.": "Programme sollen es am Ende wieder versuchen.",
  "Make {copycat}": "{copycat} anlegen",
  "A copycat of {site}. The original stays as it is.": "Ein Copycat von {site}. Das Original bleibt, wie es ist.",
  "It answers for {hosts}": "Er antwortet für {hosts}",
  "These are all hosts of the original.": "Das sind alle Hosts des Originals.",
  "{count, plural, one {{hosts} stays} other {{hosts} stay}} with the original.":
    "{count, plural, one {{hosts} bleibt} other {{hosts} bleiben}} beim Original.",
  "{count, plural, one {{hosts} is} other {{hosts} are}} added to the original, for staff.":
    "{count, plural, one {{hosts} kommt} other {{hosts} kommen}} zum Original hinzu, für Mitarbeiter.",
  "The first virtual host that matches answers, so the copycat comes before {site}.":
    "Es antwortet der erste virtuelle Host, der passt; darum steht der Copycat vor {site}.",
  "staff at {host}": "Mitarbeiter unter {host}",
  "the header {name}": "der Header {name}",
  "certificate renewal": "die Zertifikatserneuerung",
  "people with a staff pass": "Personen mit einem Mitarbeiterpass",
  "Nobody gets in": "Niemand kommt durch",
  "No request reaches the live site.": "Keine Anfrage erreicht die Website.",
  "{count, plural, one {# exception reaches} other {# exceptions reach}} the live site":
    "{count, plural, one {# Ausnahme erreicht} other {# Ausnahmen erreichen}} die Website",
  "It starts automatically": "Sie beginnt automatisch",
  "The servers do it at the planned time. Requests in flight finish.":
    "Die Server schalten zur geplanten Zeit um. Laufende Anfragen werden beendet.",
  "It starts now, and cuts": "Sie beginnt jetzt und bricht ab",
  "New requests get the page at once. Then every connection of the server is cut, of other sites too.":
    "Neue Anfragen bekommen sofort die Seite. Dann werden alle Verbindungen des Servers abgebrochen, auch die anderer Websites.",
  "It starts now": "Sie beginnt jetzt",
  "New requests get the page at once. Requests in flight finish on the site.":
    "Neue Anfragen bekommen sofort die Seite. Laufende Anfragen beendet die Website noch.",
  "The site stays closed until you bring it back.": "Die Website bleibt geschlossen, bis Sie sie wieder öffnen.",
  "Expected back at {time}": "Voraussichtlich wieder da: {time}",
  "In {time}. You bring it back; nothing reopens automatically.":
    "In {time}. Sie öffnen sie wieder; automatisch geschieht das nicht.",

  "a site": "Website",
  "Maintenance of {site}": "Wartung von {site}",
  "{sites} on {count, number} other servers": "{sites} auf {count, number} anderen Servern",
  "{count, number} names": "{count, number} Namen",
  Defaults: "Vorgaben",
  "For every site": "Für alle Websites",
  "For this site": "Für diese Website",
  "Kept from last time": "Vom letzten Mal übernommen",
  "Same as last time": "Wie beim letzten Mal",
  "As at {time}": "Wie {time}",
  "{from}: {choices}.": "{from}: {choices}.",
  "status {status}": "Status {status}",
  "{count, plural, one {# staff domain} other {# staff domains}}":
    "{count, plural, one {# Mitarbeiter-Domain} other {# Mitarbeiter-Domains}}",

  "What visitors see": "Was Besucher sehen",
  Order: "Reihenfolge",
  When: "Wann",
  "Choose the site": "Die Website wählen",
  "Make a copycat of the site": "Einen Copycat der Website anlegen",
  "Set the domains": "Die Domains festlegen",
  "Decide what visitors see": "Festlegen, was Besucher sehen",
  "Decide who gets in": "Festlegen, wer durchkommt",
  "Put the copycat above the original": "Den Copycat über das Original stellen",
  "Decide when": "Festlegen, wann",

  "There is no site {site} any more.": "Die Website {site} gibt es nicht mehr.",
  "{site} on {count, plural, one {# server} other {# servers}}":
    "{site} auf {count, plural, one {# Server} other {# Servern}}",
  "The server cannot be reached at the moment.": "Der Server ist zurzeit nicht erreichbar.",
  "There is no site {site} on {server} any more.": "Die Website {site} gibt es auf {server} nicht mehr.",
  "All of its domains are left out, so that nobody would see the maintenance page.":
    "Alle ihre Domains sind weggelassen; niemand sähe die Wartungsseite.",
  "Cannot take part": "Kann nicht teilnehmen",
  "Being planned": "Wird geplant",
  Ready: "Bereit",
  "Ready, {count, plural, one {# warning} other {# warnings}}":
    "Bereit, {count, plural, one {# Warnung} other {# Warnungen}}",
  "The choice of steps was not saved": "Die Wahl der Schritte wurde nicht gespeichert",
} as const;
