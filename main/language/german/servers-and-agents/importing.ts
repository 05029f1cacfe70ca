/** Importing the configuration of another web server. */
export const IMPORTING = {
  "Import from another web server": "Von einem anderen Webserver importieren",
  "Import from {file} ({format})": "{file} importieren ({format})",
  "Reads the configuration of nginx, Apache, Caddy or Cherokee. Nothing changes until you have seen the result.":
    "Liest die Konfiguration von nginx, Apache, Caddy oder Cherokee. Bis Sie das Ergebnis gesehen haben, ändert sich nichts.",
  "Choose what is taken over. Nothing changes until you import it.":
    "Wählen Sie, was übernommen wird. Bis Sie importieren, ändert sich nichts.",
  "Choose something else": "Etwas anderes wählen",
  Stop: "Anhalten",
  "Reading…": "Wird gelesen …",
  "Import {count, plural, one {# virtual host} other {# virtual hosts}}":
    "{count, plural, one {# virtuellen Host} other {# virtuelle Hosts}} importieren",
  "{count, plural, one {# virtual host} other {# virtual hosts}} imported from {file}":
    "{count, plural, one {# virtueller Host} other {# virtuelle Hosts}} aus {file} importiert",

  // Where from
  "Where the configuration is": "Wo die Konfiguration ist",
  "A file on this computer": "Eine Datei auf diesem Computer",
  "What “nginx -T” prints, cherokee.conf, a Caddyfile, apache2.conf or the file of a site.":
    "Die Ausgabe von „nginx -T“, cherokee.conf, ein Caddyfile, apache2.conf oder die Datei einer Website.",
  "A file on {server}": "Eine Datei auf {server}",
  "The agent reads it there, with the files that it includes.":
    "Der Agent liest sie dort, mit den Dateien, die sie einbindet.",
  "Choose a configuration": "Konfiguration wählen",
  "Choose a file…": "Datei wählen …",
  "Up to 5 MB.": "Bis zu 5 MB.",
  "Files that it includes are read on {server}, as if it were {path}.":
    "Dateien, die sie einbindet, werden auf {server} gelesen, als wäre sie {path}.",
  "Path on the server": "Pfad auf dem Server",
  "Found there:": "Dort gefunden:",
  "It is not clear which web server this is from: choose it.":
    "Es ist nicht klar, von welchem Webserver das ist: Wählen Sie ihn.",
  "Detect it": "Erkennen",
  "The agent on {server} is too old to import.": "Der Agent auf {server} ist zu alt, um zu importieren.",
  "Upgrade it, then import again. Until then, “backsoon-agent import” of a newer version does the same.":
    "Aktualisieren Sie ihn, und importieren Sie noch einmal. Bis dahin tut „backsoon-agent import“ einer neueren Version dasselbe.",
  "{file} is not a file.": "{file} ist keine Datei.",
  "{file} is empty.": "{file} ist leer.",
  "{file} is not a text file, so it is no configuration.": "{file} ist keine Textdatei, also keine Konfiguration.",
  "{file} has {size} MB; at most {most} MB can be imported here. Run “backsoon-agent import” on the server instead.":
    "{file} hat {size} MB; hier können höchstens {most} MB importiert werden. Führen Sie stattdessen auf dem Server „backsoon-agent import“ aus.",

  // What is taken
  "Parts of the import": "Teile des Imports",
  "Virtual hosts to import": "Virtuelle Hosts zum Importieren",
  "{chosen, number} of {count, plural, one {# virtual host} other {# virtual hosts}}":
    "{chosen, number} von {count, plural, one {# virtuellem Host} other {# virtuellen Hosts}}",
  "{count, plural, one {# rule} other {# rules}}": "{count, plural, one {# Regel} other {# Regeln}}",
  "Left out: {names} answers for all other hosts here.": "Ausgelassen: Für alle anderen Hosts antwortet hier {names}.",
  "Left out: {names} answers for the same names here.": "Ausgelassen: Für dieselben Namen antwortet hier {names}.",
  "Replaces {names}, which answers for all other hosts now.":
    "Ersetzt {names}, das jetzt für alle anderen Hosts antwortet.",
  "What becomes of {names}": "Was aus {names} wird",
  "Replace {names}": "{names} ersetzen",
  "Keep both": "Beide behalten",
  "None of its listeners is taken, so it is left out: nobody would reach it.":
    "Keiner seiner Listener wird übernommen; er wird ausgelassen, denn niemand würde ihn erreichen.",
  "Is called {id} here.": "Heißt hier {id}.",
  "{names} still answers for {hosts}: it stands above. Move the new one up, or delete the other.":
    "Für {hosts} antwortet weiter {names}: Er steht darüber. Schieben Sie den neuen höher, oder löschen Sie den anderen.",

  // Listeners
  "Listeners to import": "Listener zum Importieren",
  "As long as another web server has a port, the agent cannot open it. Use a listener that is there to try first.":
    "Solange ein anderer Webserver einen Port hat, kann der Agent ihn nicht öffnen. Nehmen Sie zum Ausprobieren einen vorhandenen Listener.",
  "Add this listener": "Diesen Listener hinzufügen",
  "Use {name} ({place})": "{name} ({place}) benutzen",
  "{place} with HTTPS": "{place} mit HTTPS",
  "{name} is without HTTPS: what needs it does not work there.":
    "{name} ist ohne HTTPS: Was es braucht, funktioniert dort nicht.",
  "{name} is with HTTPS, unlike the one in the file.": "{name} ist mit HTTPS, anders als der in der Datei.",

  // What changes
  "Importing makes a new generation. Requests in flight finish as they began, and one click undoes it.":
    "Importieren erzeugt eine neue Generation. Laufende Anfragen enden, wie sie begonnen haben, und ein Klick nimmt es zurück.",

  // Report
  Report: "Bericht",
  "Report ({count, plural, one {# line} other {# lines}})": "Bericht ({count, plural, one {# Zeile} other {# Zeilen}})",
  "{count, plural, one {# line is closed: what it is about} other {# lines are closed: what they are about}} gets 403.":
    "{count, plural, one {# Zeile ist geschlossen: Was sie betrifft} other {# Zeilen sind geschlossen: Was sie betreffen}}, bekommt 403.",
  "{count, plural, one {# line is} other {# lines are}} not carried over.":
    "{count, plural, one {# Zeile wird} other {# Zeilen werden}} nicht übernommen.",
  "See why": "Warum?",
  Closed: "Geschlossen",
  "Not carried over": "Nicht übernommen",
  "Carried over": "Übernommen",
  "All {count, number}": "Alle {count, number}",
  "Show only": "Nur anzeigen",
  "Search in the report": "Im Bericht suchen",
  "No line is like this.": "Keine Zeile ist so.",
  "Lines of the report": "Zeilen des Berichts",
  "Show more ({count, number} left)": "Mehr anzeigen (noch {count, number})",
} as const;
