/** The overview, and the page of a site. */
export const OVERVIEW = {
  "{count, number} of {total, number}": "{count, number} von {total, number}",
  "not closed as planned": "nicht wie geplant geschlossen",
  finishing: "noch laufend",
  "Next windows": "Nächste Wartungsfenster",
  "Last maintenance": "Letzte Wartungen",
  "Nothing has been in maintenance yet.": "Noch war nichts in Wartung.",

  // The first start.
  "Beside your web server": "Neben Ihrem Webserver",
  "nginx, Apache, Caddy or HAProxy keeps its ports, its certificates and all traffic. It asks only while a site is closed.":
    "nginx, Apache, Caddy oder HAProxy behält seine Ports, seine Zertifikate und allen Verkehr. Er fragt nur, solange eine Website geschlossen ist.",
  "Stand beside it": "Daneben einrichten",
  "Backsoon serves the site itself": "Backsoon liefert die Website selbst aus",
  "Let Backsoon serve": "Backsoon ausliefern lassen",
  "Put a site in maintenance without interrupting anyone":
    "Eine Website in Wartung nehmen, ohne jemanden zu unterbrechen",
  "Visitors in the middle of something can finish it; everyone else sees your maintenance page. There are two ways on a server of yours, over SSH with your usual login:":
    "Wer gerade etwas tut, kann es zu Ende bringen; alle anderen sehen Ihre Wartungsseite. Auf Ihrem Server gibt es dafür zwei Wege, über SSH mit Ihrer üblichen Anmeldung:",
  "Not sure, or an agent runs on this computer? What fits is seen on the server.":
    "Nicht sicher, oder läuft ein Agent auf diesem Computer? Was passt, zeigt sich auf dem Server.",

  // The list.
  "No fleet": "Keine Flotte",
  "Select every site: {group}": "Alle Websites auswählen: {group}",
  "{servers, plural, one {# server} other {# servers}}, {sites, plural, one {# site} other {# sites}}":
    "{servers, plural, one {# Server} other {# Server}}, {sites, plural, one {# Website} other {# Websites}}",
  "{webServer} serves {count, plural, one {# site} other {# sites}} on {server}":
    "{webServer} liefert auf {server} {count, plural, one {# Website} other {# Websites}} aus",
  "{found, number} web servers serve {count, plural, one {# site} other {# sites}} on {server}":
    "{found, number} Webserver liefern auf {server} {count, plural, one {# Website} other {# Websites}} aus",
  "{found, plural, one {Prepare it once} other {Prepare them once}}, and each site can be put in maintenance from here. The agent stays out of the way of their visitors.":
    "Bereiten Sie {found, plural, one {ihn} other {sie}} einmal vor; danach lässt sich jede Website von hier aus in Wartung nehmen. Der Agent steht ihren Besuchern nicht im Weg.",
  "Prepare {webServer} on {server}": "{webServer} auf {server} vorbereiten",
  "Prepare {webServer}": "{webServer} vorbereiten",
  "{sites}: back": "{sites}: wieder öffnen",
  "{count, number} selected": "{count, number} ausgewählt",
  "Put {count, number} in maintenance": "{count, number} in Wartung nehmen",
  "Bring back {count, number}": "{count, number} wieder öffnen",
  "Clear selection": "Auswahl aufheben",
  "The list stays as it was": "Die Liste bleibt, wie sie war",
  "By server": "Nach Server",
  "By fleet": "Nach Flotte",
  "By state": "Nach Zustand",
  Group: "Gruppieren",
  "Show {count, number} more in maintenance": "{count, number} weitere in Wartung anzeigen",
  "No site matches": "Keine passende Website",
  "No site has this text in its name, domains or server, together with this state.":
    "In diesem Zustand enthält keine Website diesen Text in Name, Domains oder Server.",
  "Show all {count, plural, one {# site} other {# sites}}":
    "{count, plural, one {# Website} other {Alle # Websites}} anzeigen",
  "{count, plural, one {# site} other {# sites}} of {webServer} not prepared":
    "{count, plural, one {# Website} other {# Websites}} von {webServer} nicht vorbereitet",
  "{count, plural, one {# site} other {# sites}} of {webServers, number} web servers not prepared":
    "{count, plural, one {# Website} other {# Websites}} von {webServers, number} Webservern nicht vorbereitet",
  "answer needed": "Antwort nötig",
  "connecting…": "Verbindung …",
  "last seen {time}": "zuletzt gesehen {time}",
  "last seen {time}, {ago} ago": "zuletzt gesehen {time}, vor {ago}",
  "action needed": "Eingriff nötig",
  "retrying in {time}": "neuer Versuch in {time}",
  "retrying now": "neuer Versuch jetzt",
  "Windows start by the server's own clock.": "Wartungsfenster beginnen nach der Uhr des Servers.",
  "clock {off}": "Uhr {off}",
  "{count, plural, one {# problem} other {# problems}}": "{count, plural, one {# Problem} other {# Probleme}}",
  "Cannot be closed: {why}": "Lässt sich nicht schließen: {why}",
  "{webServer}, ready": "{webServer}, bereit",
  "{webServer}, ready {time} ago": "{webServer}, vor {time} bereit",
  "since {time}, {end}, by {author}": "seit {time}, {end}, von {author}",
  "{list}, and {count, number} more": "{list} und {count, number} weitere",
  "Select {site} on {server}": "{site} auf {server} auswählen",
  "Bring back {site} on {server}": "{site} auf {server} wieder öffnen",
  "Maintenance… for {site} on {server}": "Wartung … für {site} auf {server}",
  "Maintenance…": "Wartung …",
  "More for {site} on {server}": "Mehr zu {site} auf {server}",
  "Actions for {site} on {server}": "Aktionen für {site} auf {server}",
  "In flight": "Läuft",
  "Requests per second": "Anfragen pro Sekunde",
  "Next window": "Nächste Wartung",
  "Sites by server": "Websites nach Server",
  "Sites by fleet": "Websites nach Flotte",
  "Sites by state": "Websites nach Zustand",
  "Select every site shown": "Alle angezeigten Websites auswählen",
  Comfortable: "Luftig",
  Normal: "Normal",
  Compact: "Kompakt",
  "Order of priority": "Nach Priorität",
  "Rows and order": "Zeilen und Reihenfolge",
  Rows: "Zeilen",
  "Sorted by": "Sortiert nach",
  "{site} on {server} {state}": "{site} auf {server} {state}",
  "{site} on {server} for {time}, {end}": "{site} auf {server}, seit {time}, {end}",
  "last seen at {time}; the server cannot be reached": "zuletzt gesehen {time}; der Server ist nicht erreichbar",

  // The page of a site.
  "Open {host} in the browser": "{host} im Browser öffnen",
  "Copy the address of {host}": "Adresse von {host} kopieren",
  pattern: "Muster",
  "Show all {count, number}": "Alle {count, number} anzeigen",
  "running {end}": "läuft {end}",
  "Requests now": "Anfragen jetzt",
  "{count, number} in flight": "{count, number} laufend",
  "per second": "pro Sekunde",
  "Not known while the server cannot be reached.": "Unbekannt, solange der Server nicht erreichbar ist.",
  "Nothing is in flight at this moment.": "Im Moment läuft keine Anfrage.",
  "back, not as planned": "wieder da, nicht wie geplant",
  "live again": "wieder offen",
  "Show in the history": "Im Verlauf anzeigen",
  "It has not been in maintenance yet.": "Sie war noch nicht in Wartung.",
  "{count, number} saw the page": "{count, number} sahen die Seite",
  "the first that matches answers": "die erste, die passt, antwortet",
  "Only for: {condition}. Other requests go on to the next virtual host.":
    "Nur für: {condition}. Andere Anfragen gehen weiter zum nächsten virtuellen Host.",
  "In maintenance: {copycat} answers instead.": "In Wartung: {copycat} antwortet stattdessen.",
  "In maintenance: {copycat} answers instead, but for {exceptions}.":
    "In Wartung: {copycat} antwortet stattdessen, außer für {exceptions}.",
  "The server has this site no more.": "Der Server hat diese Website nicht mehr.",
  "live since {time}": "offen seit {time}",
  "The server cannot be reached": "Der Server ist nicht erreichbar",
  "{server} cannot be reached. This is how it was last seen.":
    "{server} ist nicht erreichbar. So wurde er zuletzt gesehen.",
  "{server} cannot be reached. This is how it was last seen, {time} ago.":
    "{server} ist nicht erreichbar. So wurde er zuletzt gesehen, vor {time}.",
  "{state} for {time}, {end}": "{state} seit {time}, {end}",
  "It cannot be closed": "Lässt sich nicht schließen",
  "It cannot be put in maintenance yet: {why}": "Sie lässt sich noch nicht in Wartung nehmen: {why}",
} as const;
