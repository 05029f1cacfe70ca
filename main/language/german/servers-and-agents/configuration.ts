/** The configuration of a server: its virtual hosts, generations, the request tester. */
export const CONFIGURATION = {
  // Whom a change affects
  "Whom it affects": "Wen es betrifft",
  "See whom it affects, and save again.": "Sehen Sie, wen es betrifft, und speichern Sie noch einmal.",
  "Visitors of {names} get {to} instead of {from}.": "Besucher von {names} bekommen {to} statt {from}.",
  "Visitors of {names} get another answer.": "Besucher von {names} bekommen eine andere Antwort.",
  "In maintenance: {names}.": "In Wartung: {names}.",
  "Live again: {names}.": "Wieder offen: {names}.",
  "Nobody is answered at {addresses} any more.": "Unter {addresses} bekommt niemand mehr eine Antwort.",
  "Visitors are answered at {addresses}, too.": "Auch unter {addresses} bekommen Besucher eine Antwort.",
  "The listener at {addresses} changes.": "Der Listener unter {addresses} ändert sich.",
  "Other files say in which countries visitors are.": "Andere Dateien sagen, in welchem Land Besucher sind.",
  "Other proxies are trusted, so visitors of all sites may be seen with other addresses.":
    "Anderen Proxys wird vertraut; Besucher aller Websites können dadurch mit anderen Adressen erscheinen.",
  "And {count, plural, one {# more change} other {# more changes}}.":
    "Und {count, plural, one {# weitere Änderung} other {# weitere Änderungen}}.",

  // A site in fields
  Domains: "Domains",
  "Names that it answers for; *.example.com for all below one.":
    "Namen, für die er antwortet; *.example.com für alle darunter.",
  "For you, the command line and the API.": "Für Sie, die Befehlszeile und die API.",
  "What answers": "Was antwortet",
  "Forward to an application": "An eine Anwendung weiterleiten",
  "Serve a folder": "Einen Ordner ausliefern",
  "Redirect elsewhere": "Woandershin umleiten",
  Application: "Anwendung",
  "Where it listens, as the server itself reaches it; several are used in turn. Only http, without a path.":
    "Wo sie lauscht, wie der Server selbst sie erreicht; mehrere werden reihum benutzt. Nur http, ohne Pfad.",
  "Folder on the server": "Ordner auf dem Server",
  "Leads to": "Führt zu",
  "{path} and {query} are those of the request.": "{path} und {query} sind die der Anfrage.",
  Status: "Status",
  "308, for good": "308, dauerhaft",
  "307, for now": "307, vorläufig",
  "301, for good; a POST may become a GET": "301, dauerhaft; aus einem POST kann ein GET werden",
  "302, for now; a POST may become a GET": "302, vorläufig; aus einem POST kann ein GET werden",

  // What is missing in the fields
  "Enter where the application listens, e.g. http://127.0.0.1:3000.":
    "Geben Sie ein, wo die Anwendung lauscht, z. B. http://127.0.0.1:3000.",
  "Enter the absolute path of a folder on the server.":
    "Geben Sie den absoluten Pfad eines Ordners auf dem Server ein.",

  // Editors
  "Add a virtual host": "Virtuellen Host hinzufügen",
  "Edit {id}": "{id} bearbeiten",
  "Edit the configuration": "Konfiguration bearbeiten",
  "It goes just above the catch-all; move it up afterwards if it must win over others.":
    "Er kommt direkt über den Auffang-Host; schieben Sie ihn danach höher, wenn er Vorrang haben muss.",
  "Nothing changes until you save.": "Bis Sie speichern, ändert sich nichts.",
  "The agent checks it while you type. Nothing changes before you save.":
    "Der Agent prüft, während Sie schreiben. Bis Sie speichern, ändert sich nichts.",
  "Edit as JSON": "Als JSON bearbeiten",
  "It was changed on the server since you opened it. Close, and open it again to see the change.":
    "Er wurde auf dem Server geändert, seit Sie ihn geöffnet haben. Schließen Sie ihn und öffnen Sie ihn neu, um die Änderung zu sehen.",
  "What you edit was changed on the server since you opened it. Copy your text, close, and open it again to see the change.":
    "Was Sie bearbeiten, wurde inzwischen auf dem Server geändert. Kopieren Sie Ihren Text, schließen Sie den Editor und öffnen Sie ihn neu, um die Änderung zu sehen.",
  "Another virtual host has this id; choose another one.":
    "Ein anderer virtueller Host hat diese ID; wählen Sie eine andere.",
  "The agent": "Der Agent",
  "{checker} found no problems.": "{checker} hat keine Fehler gefunden.",
  "{checker} is checking…": "{checker} prüft …",
  "Line {line}": "Zeile {line}",
  "Not JSON: {why}": "Kein JSON: {why}",
  "Loading editor…": "Der Editor wird geladen …",
  "configuration edited": "Konfiguration bearbeitet",
  "{id} added": "{id} hinzugefügt",
  "{id} edited": "{id} bearbeitet",

  // Virtual hosts
  "Virtual hosts": "Virtuelle Hosts",
  "the first match answers": "der erste Treffer antwortet",
  "Edit everything as JSON": "Alles als JSON bearbeiten",
  "{reason}: generation {generation} serves.": "{reason}: Generation {generation} ist aktiv.",
  "Position {place}: {id}. Alt+Up and Alt+Down move it.": "Platz {place}: {id}. Alt+Auf und Alt+Ab verschieben ihn.",
  "Drag, or press Alt+Up or Alt+Down": "Ziehen oder Alt+Auf oder Alt+Ab drücken",
  "copycat of {original}": "Copycat von {original}",
  "Move {id} up": "{id} nach oben",
  "Move {id} down": "{id} nach unten",
  "Move {id}?": "{id} verschieben?",
  Move: "Verschieben",
  "{id} moved": "{id} verschoben",
  "{id} moved up": "{id} nach oben verschoben",
  "{id} moved down": "{id} nach unten verschoben",
  "More for {name}": "Mehr zu {name}",
  Clone: "Duplizieren",
  "{id} cloned": "{id} dupliziert",
  "Enable…": "Einschalten …",
  "Disable…": "Ausschalten …",
  Enable: "Einschalten",
  Disable: "Ausschalten",
  "Enable {id}?": "{id} einschalten?",
  "Disable {id}?": "{id} ausschalten?",
  "{id} enabled": "{id} eingeschaltet",
  "{id} disabled": "{id} ausgeschaltet",
  "Delete…": "Löschen …",
  "Delete {id}?": "{id} löschen?",
  "{id} deleted": "{id} gelöscht",
  "Not reached": "Nicht erreicht",
  "Copycat, inactive": "Copycat, inaktiv",
  "Nobody else gets another answer by it.": "Niemand bekommt dadurch eine andere Antwort.",
  "{server} goes on serving it, and it can be put in maintenance no more. To take the hook out of {server} as well, remove it under Web servers instead.":
    "{server} liefert sie weiter aus; in Wartung nehmen lässt sie sich dann nicht mehr. Um auch den Hook aus {server} zu nehmen, entfernen Sie sie stattdessen unter „Webserver“.",
  "You can undo it, and roll back to this generation later.":
    "Sie können es rückgängig machen und später zu dieser Generation zurückkehren.",
  "Requests in flight finish as they began. You can undo it.":
    "Laufende Anfragen enden, wie sie begonnen haben. Sie können es rückgängig machen.",

  // Generations
  Generations: "Generationen",
  "newest first": "die neueste zuerst",
  "{count, plural, =0 {No change} one {# change} other {# changes}}":
    "{count, plural, =0 {Keine Änderung} one {# Änderung} other {# Änderungen}}",
  active: "aktiv",
  draining: "läuft aus",
  retired: "abgelöst",
  "{state}, {count, number} in flight": "{state}, {count, number} laufende Anfragen",
  "Roll back…": "Zurückkehren …",
  "Roll back": "Zurückkehren",
  "Roll back to generation {generation}": "Zu Generation {generation} zurückkehren",
  "Roll back to generation {generation}?": "Zu Generation {generation} zurückkehren?",
  "A new generation with the configuration of {time} takes every new request. Requests in flight finish on their own generation.":
    "Eine neue Generation mit der Konfiguration von {time} übernimmt jede neue Anfrage. Laufende Anfragen enden auf ihrer eigenen Generation.",
  "This is undone:": "Rückgängig gemacht wird:",

  // The request tester
  "Request tester": "Anfragetest",
  "Which site and rule answers?": "Welche Website und Regel antwortet?",
  Method: "Methode",
  "Client address": "Adresse des Clients",
  any: "beliebig",
  Test: "Testen",
  "The agent lets this request in: {site} is answered by the web server beside it, by its own configuration.":
    "Der Agent lässt diese Anfrage durch: Für {site} antwortet der Webserver daneben, nach seiner eigenen Konfiguration.",
  "{site} answers ({handler}).": "{site} antwortet ({handler}).",
  "{site} answers ({handler}, status {status}).": "{site} antwortet ({handler}, Status {status}).",
  "{site} answers with rule {rule} ({handler}).": "{site} antwortet mit Regel {rule} ({handler}).",
  "{site} answers with rule {rule} ({handler}, status {status}).":
    "{site} antwortet mit Regel {rule} ({handler}, Status {status}).",
  "rule {number} ({handler})": "Regel {number} ({handler})",
  "Enter an address like shop.example.com/cart.": "Geben Sie eine Adresse ein, etwa shop.example.com/cart.",
  "Enter an IP address like 192.0.2.1.": "Geben Sie eine IP-Adresse ein, etwa 192.0.2.1.",

  // What ends with an agent
  "Whatever it serves is no longer served; it was never seen from here, so the number of sites is unknown.":
    "Was er ausliefert, ist dann nicht mehr erreichbar; er wurde von hier nie gesehen, darum ist die Zahl der Websites unbekannt.",
  "No site is served there.": "Dort wird keine Website ausgeliefert.",
  "No site is served there, as it was last seen {duration} ago.":
    "Dort wird keine Website ausgeliefert (Stand vor {duration}).",
  "{count, plural, one {# site stops} other {# sites stop}} being served: {names}.":
    "{count, plural, one {# Website wird} other {# Websites werden}} nicht mehr ausgeliefert: {names}.",
  "{count, plural, one {# site stops} other {# sites stop}} being served, as it was last seen {duration} ago: {names}.":
    "{count, plural, one {# Website wird} other {# Websites werden}} nicht mehr ausgeliefert (Stand vor {duration}): {names}.",
  "{servers} goes on serving {count, plural, one {its site} other {its # sites}}.":
    "{servers} liefert {count, plural, one {die Website} other {die # Websites}} weiter aus.",
  "{servers} goes on serving {count, plural, one {its site} other {its # sites}}; those in maintenance stay closed, and nobody gets in.":
    "{servers} liefert {count, plural, one {die Website} other {die # Websites}} weiter aus; was in Wartung ist, bleibt geschlossen, und niemand wird durchgelassen.",
  "{count, plural, one {# request is} other {# requests are}} in flight, with 30 seconds to end.":
    "{count, plural, one {# laufende Anfrage hat} other {# laufende Anfragen haben}} noch 30 Sekunden Zeit.",

  // And
  "Enter where it leads, e.g. {example}.": "Geben Sie ein, wohin es führt, z. B. {example}.",
} as const;
