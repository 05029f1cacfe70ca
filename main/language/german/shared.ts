/** Words that several screens, the tray and the notifications share: states, times, proofs. */
export const SHARED = {
  "today {time}": "heute {time}",
  "tomorrow {time}": "morgen {time}",
  "{names} and {count} more": "{names} und {count} weitere",
  "Extend {minutes} min": "Um {minutes} min verlängern",
  "It is not known yet whether {title} asks the agent.": "Noch ist nicht bekannt, ob {title} den Agenten fragt.",
  "{title} was not found running.": "{title} läuft nicht, soweit zu sehen ist.",
  "{title} has it in its configuration no more.": "{title} hat sie nicht mehr in der Konfiguration.",
  "{title} asks the agent only after its next reload.": "{title} fragt den Agenten erst nach dem nächsten Neuladen.",
  "{title} does not ask the agent. {message}": "{title} fragt den Agenten nicht. {message}",
  "{title} does not ask the agent on {listeners}.": "{title} fragt den Agenten auf {listeners} nicht.",
  "{title} will say how many connections of before still run, and not which pages; they end by themselves.":
    "{title} sagt, wie viele frühere Verbindungen noch bestehen, aber nicht, für welche Seiten; sie enden von selbst.",
  "{title} will say how many requests its applications still have, and not which; they end by themselves.":
    "{title} sagt, wie viele Anfragen seine Anwendungen noch haben, aber nicht, welche; sie enden von selbst.",
  "{title} does not say which requests still run; they end by themselves.":
    "{title} sagt nicht, welche Anfragen noch laufen; sie enden von selbst.",
  "No request at {where} is left.": "An {where} läuft keine Anfrage mehr.",
  "{total, plural, one {# request} other {# requests}} at {where}; {title} does not say which, or since when.":
    "{total, plural, one {# Anfrage} other {# Anfragen}} an {where}; {title} sagt nicht, welche, und nicht, seit wann.",
  "No connection to {where} from before {switchedAt} is left.":
    "Von vor {switchedAt} besteht keine Verbindung zu {where} mehr.",
  "{before, plural, one {# connection} other {# connections}} to {where} from before {switchedAt}; {title} does not say which pages.":
    "{before, plural, one {# Verbindung} other {# Verbindungen}} zu {where} von vor {switchedAt}; {title} sagt nicht, für welche Seiten.",
  "is back, but visitors still get the maintenance page":
    "ist wieder da, aber Besucher bekommen noch die Wartungsseite",
  "is back, but does not answer as planned": "ist wieder da, antwortet aber nicht wie geplant",
  "is live again": "ist wieder offen",
  "is not closed: {count, plural, one {{names} answers} other {{names} answer}} instead":
    "ist nicht geschlossen: stattdessen {count, plural, one {antwortet {names}} other {antworten {names}}}",
  "is not closed everywhere: {count, plural, one {{names} answers} other {{names} answer}} instead":
    "ist nicht überall geschlossen: stattdessen {count, plural, one {antwortet {names}} other {antworten {names}}}",
  "is not closed: {what}": "ist nicht geschlossen: {what}",
  "is not closed everywhere: {what}": "ist nicht überall geschlossen: {what}",
  "does not answer as planned": "antwortet nicht wie geplant",
  "is in maintenance": "ist in Wartung",
  "Not closed": "Nicht geschlossen",
  "Wrong answer": "Falsche Antwort",
  "{by} answered instead of {missed}.": "{by} hat statt {missed} geantwortet.",
  "No visitor has reached this agent since the switch, though the site had some before":
    "Seit der Umschaltung hat kein Besucher diesen Agenten erreicht, obwohl die Website vorher welche hatte",
  "No visitor has reached this agent since the switch":
    "Seit der Umschaltung hat kein Besucher diesen Agenten erreicht",
  "Enter an address like 203.0.113.7 or 10.0.0.5:8443.":
    "Geben Sie eine Adresse wie 203.0.113.7 oder 10.0.0.5:8443 ein.",
  "{words}, and {count} more": "{words}, und {count} weitere",
  "A cache between them and the server may still have it; empty it there.":
    "Vielleicht hat sie noch ein Cache zwischen Besuchern und Server; leeren Sie ihn.",
  "Look whether the name leads to this server, and whether its web server serves the site there.":
    "Prüfen Sie, ob der Name zu diesem Server führt und ob sein Webserver die Website dort ausliefert.",
  "Look whether the name leads to this server, and whether {title} serves the site there.":
    "Prüfen Sie, ob der Name zu diesem Server führt und ob {title} die Website dort ausliefert.",
  "Have it pass the requests of {site} on to the agent at {addresses}, or lead the name to the agent.":
    "Lassen Sie die Anfragen an {site} an den Agenten auf {addresses} weiterleiten, oder lassen Sie den Namen auf den Agenten zeigen.",
  "Have it pass the requests of {site} on to the agent at {addresses}; or prepare {title} on the server's page, so that it asks the agent.":
    "Lassen Sie die Anfragen an {site} an den Agenten auf {addresses} weiterleiten, oder bereiten Sie {title} auf der Seite des Servers vor, damit er den Agenten fragt.",
  "{days, plural, one {# day} other {# days}}": "{days, plural, one {# Tag} other {# Tage}}",
  "until {end} (in {time})": "bis {end} (noch {time})",
  "until {end} ({time} overdue)": "bis {end} ({time} überfällig)",
  "not measured": "nicht gemessen",
  "{time} ahead": "{time} vor",
  "{time} behind": "{time} nach",
  "{at} · in {time}": "{at} · in {time}",
  "{at} · action needed": "{at} · Eingriff nötig",
  "Somebody is about to switch sites here, until {time}": "Jemand ist dabei, hier Websites umzuschalten, bis {time}",
  "{author} is about to switch sites here, until {time}": "{author} ist dabei, hier Websites umzuschalten, bis {time}",
  "{site} is live again": "{site} ist wieder offen",
  Details: "Details",
  "{back, plural, one {# site is} other {# sites are}} live again":
    "{back, plural, one {# Website ist} other {# Websites sind}} wieder offen",
  "{stuck} could not be brought back; the reason is shown with each.":
    "{stuck} nicht wieder geöffnet; der Grund steht jeweils dabei.",
  "Put back in maintenance": "Wieder in Wartung nehmen",
  "The site stays live": "Die Website bleibt offen",
  "Open the wizard": "Assistent öffnen",
  "Switched.": "Umgeschaltet.",
  "Switched in {time}.": "Umgeschaltet in {time}.",
  "The configuration is what it was before.": "Die Konfiguration ist wieder wie zuvor.",
  "Its page is kept: the next maintenance starts from it.":
    "Ihre Seite wird aufbewahrt: Die nächste Wartung beginnt damit.",
  "Other changes made meanwhile stay.": "Andere zwischenzeitliche Änderungen bleiben erhalten.",
  "on this computer, ends with the app": "auf diesem Computer, endet mit der App",
  "Put in maintenance…": "In Wartung nehmen …",
  "Show the maintenance": "Wartung anzeigen",
  "Plan maintenance…": "Wartung planen …",
  "Open in browser": "Im Browser öffnen",
  "Copy address": "Adresse kopieren",
  Rules: "Regeln",
  "Address copied": "Adresse kopiert",
  "It was not opened": "Nicht geöffnet",
  "It was not copied": "Nicht kopiert",
  "It was not confirmed. Nothing was changed.": "Es wurde nicht bestätigt. Es wurde nichts geändert.",
  Maintenance: "Wartung",
  Draining: "Läuft aus",
  "Draining {count}": "Läuft aus: {count}",
  "may be open": "ist vielleicht offen",
  "has a copycat, and nobody has seen it closed": "hat einen Copycat; dass sie geschlossen ist, hat niemand beobachtet",
  "{sites, plural, one {# site} other {# sites}} on {servers, plural, one {one server} other {# servers}}":
    "{sites, plural, one {# Website} other {# Websites}} auf {servers, plural, one {einem Server} other {# Servern}}",
  "Copy details": "Details kopieren",
  "Discard what you have entered?": "Eingaben verwerfen?",
  Discard: "Verwerfen",
  "Keep editing": "Weiter bearbeiten",
  "The clock of this computer": "Die Uhr dieses Computers",
  "The clock of this computer is {off} of those of most servers. Windows start by the clocks of the servers.":
    "Die Uhr dieses Computers geht gegenüber den meisten Servern {off}. Wartungsfenster beginnen nach den Uhren der Server.",
  "requests per second": "Anfragen pro Sekunde",
  Steps: "Schritte",
  ": something is wrong here": ": hier stimmt etwas nicht",
  Results: "Ergebnisse",
  "What failed": "Fehlgeschlagenes",
  "Dismiss: {what}": "Ausblenden: {what}",
  "{label}: pick from a calendar": "{label}: aus Kalender wählen",
  "{virtualHost} moved from place {before} to {after}": "{virtualHost} von Platz {before} auf {after} verschoben",
  "{virtualHost}: host {before} replaced by {after}": "{virtualHost}: Host {before} durch {after} ersetzt",
  "{virtualHost}: host {host}": "{virtualHost}: Host {host}",
  "{virtualHost}: rule {number}": "{virtualHost}: Regel {number}",
  "{what} added": "{what} hinzugefügt",
  "{what} removed": "{what} entfernt",
  "{what} changed": "{what} geändert",
  "{what} moved": "{what} verschoben",
} as const;
