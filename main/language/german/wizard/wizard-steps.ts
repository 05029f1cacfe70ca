/** The fields of the wizard, step by step. */
export const WIZARD_STEPS = {
  "The site goes into maintenance as a whole: every page of it, on the server you choose here. Several sites, also on several servers, can be switched together.":
    "Die Website geht als Ganzes in Wartung, mit allen Seiten, auf dem hier gewählten Server. Mehrere Websites lassen sich gemeinsam umschalten, auch auf mehreren Servern.",
  "No server has a site yet. Prepare the web server of one, or add a virtual host.":
    "Noch hat kein Server eine Website. Bereiten Sie einen Webserver vor oder fügen Sie einen virtuellen Host hinzu.",
  "Look at the servers": "Server ansehen",
  "Find the site": "Website suchen",
  "served by {webServer} on {server}": "über {webServer} auf {server}",
  "It cannot be closed: {why}": "Sie lässt sich nicht schließen: {why}",
  "Show {webServer} for {site}": "{webServer} für {site} anzeigen",
  "Show {webServer}": "{webServer} anzeigen",
  "For your colleagues and the history; visitors do not see it.":
    "Für Kollegen und den Verlauf; Besucher sehen ihn nicht.",
  "Database upgrade": "Datenbank-Upgrade",
  "Switch together with": "Gemeinsam umschalten mit",
  "Without {sites}": "Ohne {sites}",
  "Choose among {count, plural, one {# other site} other {# other sites}}":
    "Unter {count, plural, one {# anderen Website} other {# anderen Websites}} wählen",
  "Find a site to switch together": "Weitere Website suchen",
  "No other live site matches.": "Keine weitere offene Website passt.",
  "and {count, number} more; type to find them": "und {count, number} weitere; zum Suchen tippen",
  "All of them switch together or not at all. Every choice of the next steps applies to each of them; the previews show {site} on {server}.":
    "Alle werden gemeinsam umgeschaltet oder gar nicht. Die weiteren Angaben gelten für jede; die Vorschau zeigt {site} auf {server}.",
  "Start from": "Beginnen mit",
  "The preset was not removed": "Die Vorlage wurde nicht entfernt",
  "Remove the preset {name}": "Vorlage {name} entfernen",
  "Changed since.": "Seitdem geändert.",
  "Start from “{name}”?": "Mit „{name}“ beginnen?",
  "Replace my changes": "Änderungen ersetzen",
  "It replaces what you have changed in “What visitors see” and “Who gets in”.":
    "Das ersetzt, was Sie in „Was Besucher sehen“ und „Wer durchkommt“ geändert haben.",

  "The copycat answers for the same domains. It stands above the original, so it wins. The original is not touched.":
    "Der Copycat antwortet für dieselben Domains. Er steht über dem Original und hat darum Vorrang. Das Original bleibt, wie es ist.",
  "Leave it empty for the proposed name.": "Leer lassen für den vorgeschlagenen Namen.",
  "The name is for {site}, on each of its servers. Each other site gets the name that is proposed for it.":
    "Der Name gilt für {site}, auf jedem ihrer Server. Jede andere Website bekommt den für sie vorgeschlagenen.",
  "Copied from the original": "Vom Original übernommen",
  copied: "übernommen",
  "Domains ({count, number})": "Domains ({count, number})",
  "Access log": "Access-Log",
  "not copied": "nicht übernommen",
  "Rules: the copycat has one rule of its own": "Regeln: Der Copycat hat eine eigene Regel",
  "When the site comes back": "Wenn die Website wiederkommt",
  "{button} removes the copycat: the configuration is then byte for byte what it is now. From the progress screen you can move it below the original instead, ready for next time.":
    "{button} entfernt den Copycat: Die Konfiguration ist dann Byte für Byte wie jetzt. Während der Wartung lässt er sich stattdessen unter das Original schieben, bereit für das nächste Mal.",

  "Visitors who use these names see the maintenance page. A name that is left out still shows the live site.":
    "Unter diesen Namen sehen Besucher die Wartungsseite. Ein weggelassener Name zeigt weiter die Website.",
  "These are the domains of {site}. A name that you leave out is left out wherever one of the sites has it; apart from that, each site goes into maintenance with all of its own domains.":
    "Das sind die Domains von {site}. Ein weggelassener Name fehlt bei allen Websites, die ihn haben; sonst geht jede mit allen eigenen Domains in Wartung.",
  "Domains in maintenance": "Domains in Wartung",
  "Staff domains": "Mitarbeiter-Domains",
  "Names that always show the live site, so that you can check it before you reopen. They are added to the original only, and removed again afterwards.":
    "Namen, die immer die Website zeigen, um sie vor dem Öffnen zu prüfen. Nur das Original bekommt sie, und danach werden sie wieder entfernt.",
  "Staff domains are given to {site}, on each of its servers. A name can lead to one site only, so the other sites get none.":
    "Mitarbeiter-Domains bekommt {site}, auf jedem ihrer Server. Ein Name kann nur zu einer Website führen; die anderen bekommen keine.",

  "What visitors get": "Was Besucher bekommen",
  "The built-in page": "Die eingebaute Seite",
  "With your text; it needs nothing that may be down.": "Mit Ihrem Text; sie braucht nichts, was ausfallen kann.",
  "Your own page": "Ihre eigene Seite",
  "From this computer, or a folder on the server.": "Von diesem Computer oder aus einem Ordner auf dem Server.",
  "Status code only": "Nur ein Statuscode",
  "A plain page that names it, without any text of yours.": "Eine schlichte Seite, die ihn nennt, ohne eigenen Text.",
  "Choose a logo…": "Logo wählen …",
  "Another logo…": "Anderes Logo …",
  "No logo": "Kein Logo",
  "503 says: come back later. Search engines keep the site.":
    "503 bedeutet: später wiederkommen. Suchmaschinen behalten die Website.",
  "Tell clients to retry": "Wiederversuch ankündigen",
  After: "Nach",
  minutes: "Minuten",
  "At the expected end": "Am erwarteten Ende",
  "There is no end time yet. You set it in the step When.":
    "Noch gibt es kein Ende. Sie legen es im Schritt „Wann“ fest.",
  "From this computer": "Von diesem Computer",
  "Upload a folder…": "Ordner hochladen …",
  "Upload an HTML file…": "HTML-Datei hochladen …",
  "File or folder on the server": "Datei oder Ordner auf dem Server",
  "A folder with an index.html, or one .html file. Its images and styles are found beside it.":
    "Ein Ordner mit einer index.html oder eine einzelne .html-Datei. Bilder und Stile liegen daneben.",
  "It has to be there on each of the servers.": "Sie muss auf jedem der Server liegen.",

  "Requests that match one of these reach the live site as usual.":
    "Anfragen, auf die etwas davon zutrifft, erreichen die Website wie sonst.",
  "Certificate renewal": "Zertifikatserneuerung",
  "Health checks": "Health-Checks",
  "Paths that monitors and orchestrators request; without an answer they may restart the site.":
    "Pfade, die Monitoring und Orchestrierung abfragen; ohne Antwort starten diese die Website womöglich neu.",
  "e.g. {example}": "z. B. {example}",
  "Webhooks and callbacks": "Webhooks und Callbacks",
  "Paths that others call, e.g. payments. /hooks/* is everything below.":
    "Pfade, die andere aufrufen, z. B. Zahlungsdienste. /hooks/* ist alles darunter.",
  Addresses: "Adressen",
  "Client addresses or ranges, IPv4 and IPv6, e.g. the office.":
    "Adressen oder Bereiche von Clients, IPv4 und IPv6, z. B. das Büro.",
  Header: "Header",
  Value: "Wert",
  "Leave it empty for any value.": "Leer lassen für jeden Wert.",
  "People with a staff pass": "Personen mit einem Mitarbeiterpass",
  "a link each, which opens the closed site for their browser":
    "je ein Link, der die geschlossene Website für ihren Browser öffnet",
  "Other exceptions": "Andere Ausnahmen",
  "Remove the exception {condition}": "Ausnahme {condition} entfernen",
  "{server} is this computer: requests from here come from 127.0.0.1.":
    "{server} ist dieser Computer: Anfragen von hier kommen von 127.0.0.1.",
  "{address}, as {server} sees this computer over SSH. Visits can come from another address, e.g. by IPv6.":
    "{address}, wie {server} diesen Computer über SSH sieht. Besuche können von einer anderen Adresse kommen, z. B. über IPv6.",
  "{address}, which {server} sees over SSH, is that of the host in between, not yours. It was not added.":
    "{address}, was {server} über SSH sieht, ist die Adresse des Hosts dazwischen, nicht Ihre. Sie wurde nicht hinzugefügt.",
  "Add my current address": "Meine Adresse hinzufügen",

  "The first virtual host that matches answers. The copycat must stand above the original.":
    "Es antwortet der erste virtuelle Host, der passt. Der Copycat muss über dem Original stehen.",
  "Position of the copycat": "Platz des Copycats",
  "Directly above {site}": "Direkt über {site}",
  "It answers exactly what the original would have answered.":
    "Er beantwortet genau das, was das Original beantwortet hätte.",
  "At the top of the list": "Ganz oben in der Liste",
  "It also wins over other sites that share a domain with {site}.":
    "Er hat auch Vorrang vor anderen Websites, die eine Domain mit {site} teilen.",
  "The same applies to each of the other sites and its own copycat.":
    "Dasselbe gilt für jede der anderen Websites und ihren Copycat.",
  "{site} is the first of the list already, so both places are the same now.":
    "{site} steht schon an erster Stelle; beide Plätze sind jetzt derselbe.",
  "You can also drag the copycat in the list. It snaps to the nearer of these two places; below the original it would answer nothing.":
    "Der Copycat lässt sich auch in der Liste ziehen. Er rastet am näheren der beiden Plätze ein; unter dem Original würde er nichts beantworten.",

  Now: "Jetzt",
  "As soon as you press the button.": "Sobald Sie die Schaltfläche drücken.",
  "The servers start and end it, even when no computer is on.":
    "Die Server beginnen und beenden sie, auch wenn kein Computer eingeschaltet ist.",
  Warnings: "Warnungen",
  "I have read this: visitors named above still reach the live site, or another site’s visitors are affected.":
    "Ich habe das gelesen: Die oben genannten Besucher erreichen weiter die Website, oder Besucher einer anderen Website sind betroffen.",
  "New requests go to the copycat at once. Requests in flight finish on the original.":
    "Neue Anfragen gehen sofort an den Copycat. Laufende Anfragen beendet das Original.",
  "After the switch every connection of the server is cut, including those of other sites.":
    "Nach der Umschaltung werden alle Verbindungen des Servers abgebrochen, auch die anderer Websites.",
  "{server} cannot end single requests; they end by themselves.":
    "{server} kann einzelne Anfragen nicht beenden; sie enden von selbst.",
  "A hard restart interrupts visitors. You will be asked to confirm it.":
    "Ein harter Neustart unterbricht Besucher. Sie werden gebeten, ihn zu bestätigen.",
  "Later by": "Später um",
  "In {time}. Visitors see it in their own time zone; the site comes back when you bring it back.":
    "In {time}. Besucher sehen es in ihrer Zeitzone; wieder offen ist die Website erst, wenn Sie sie öffnen.",
  "You are told when it has passed.": "Sie werden benachrichtigt, wenn es vorbei ist.",
  "The clock of {server} is {off}. The window starts there by that clock.":
    "Die Uhr von {server} geht {off}. Danach richtet sich dort der Beginn.",
  "{site} on {server} cannot take part: {why}": "{site} auf {server} kann nicht teilnehmen: {why}",
  "{count, plural, one {One site cannot take part as things are; beside it is why. Leave it out, or change the choice.} other {# sites cannot take part as things are; beside it is why. Leave them out, or change the choice.}}":
    "{count, plural, one {Eine Website kann so nicht teilnehmen; warum, steht daneben. Lassen Sie sie weg oder ändern Sie die Auswahl.} other {# Websites können so nicht teilnehmen; warum, steht daneben. Lassen Sie sie weg oder ändern Sie die Auswahl.}}",
  "{server}: {held}. Nothing else can be switched there before; the button waits, too.":
    "{server}: {held}. Vorher lässt sich dort nichts anderes umschalten; auch die Schaltfläche wartet.",
  "How they are switched": "So werden sie umgeschaltet",
  "Prepare.": "Vorbereiten.",
  "Each of the {count, number} servers checks its part and holds it ready. If one refuses, nothing changes on any of them.":
    "Jeder der {count, number} Server prüft seinen Teil und hält ihn bereit. Lehnt einer ab, ändert sich auf keinem etwas.",
  "Switch.": "Umschalten.",
  "All of them at once. If one fails, the others are undone.":
    "Alle gleichzeitig. Schlägt einer fehl, werden die anderen zurückgenommen.",
  "The server checks everything and holds it ready. If a site refuses, nothing changes.":
    "Der Server prüft alles und hält es bereit. Ist eine Website nicht umschaltbar, ändert sich nichts.",
  "All sites in one generation.": "Alle Websites in einer Generation.",
  "Drain.": "Auslaufen lassen.",
  "New requests get the copycats. Requests in flight finish on the originals; nothing is cut.":
    "Neue Anfragen gehen an die Copycats. Laufende Anfragen beenden die Originale; nichts wird abgebrochen.",

  "Save as a preset…": "Als Vorlage speichern …",
  "Save as a preset": "Als Vorlage speichern",
  "What visitors see and who gets in, to start from the next time.":
    "Was Besucher sehen und wer durchkommt, als Ausgangspunkt für das nächste Mal.",
  "Give it a name.": "Geben Sie ihr einen Namen.",
  "The preset “{name}” is saved": "Die Vorlage „{name}“ ist gespeichert",
  "For {site}": "Für {site}",
  "With its staff domains.": "Mit ihren Mitarbeiter-Domains.",
  "On all servers; without staff domains, which are of one site.":
    "Auf allen Servern; ohne Mitarbeiter-Domains, die zu einer Website gehören.",
  "It replaces the preset of this name.": "Sie ersetzt die Vorlage dieses Namens.",
  Replace: "Ersetzen",
} as const;
