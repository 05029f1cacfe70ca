/** What each failure is called, and what to do next. */
export const FAILURES = {
  "This configuration cannot be imported": "Diese Konfiguration kann nicht importiert werden",
  "Nothing was changed. Correct the file, or choose another one.":
    "Es wurde nichts geändert. Korrigieren Sie die Datei, oder wählen Sie eine andere.",
  "The agent did not understand the request": "Der Agent hat die Anfrage nicht verstanden",
  "This is a fault of the app; copy the details and report it.":
    "Das ist ein Fehler der App; kopieren Sie die Details und melden Sie ihn.",
  "The agent refused the request": "Der Agent hat die Anfrage abgelehnt",
  "The admin socket does not answer browsers. Connect directly.":
    "Der Admin-Socket antwortet Browsern nicht. Verbinden Sie sich direkt.",
  "The agent does not know this call": "Der Agent kennt diesen Aufruf nicht",
  "It may be older than this app; update the agent.": "Vielleicht ist er älter als diese App; aktualisieren Sie ihn.",
  "This is too large for the agent": "Das ist zu groß für den Agenten",
  "Shorten it. A configuration may have up to 8 MB.": "Kürzen Sie es. Eine Konfiguration darf bis zu 8 MB haben.",
  "It is no longer there": "Nicht mehr vorhanden",
  "Somebody may have removed it; look at the server as it is now.":
    "Vielleicht hat es jemand entfernt; sehen Sie sich den Server an, wie er jetzt ist.",
  "The site is already in maintenance": "Die Website ist schon in Wartung",
  "Look at the maintenance that is on.": "Sehen Sie sich die laufende Wartung an.",
  "Show it": "Anzeigen",
  "The site is already live again": "Die Website ist schon wieder offen",
  "There is nothing left to do.": "Es ist nichts mehr zu tun.",
  "Somebody changed the configuration in between": "Inzwischen hat jemand die Konfiguration geändert",
  "Nothing was overwritten. Look at the server and decide what should stay.":
    "Es wurde nichts überschrieben. Sehen Sie sich den Server an und entscheiden Sie, was bleiben soll.",
  "Somebody is about to switch sites on this server": "Jemand ist dabei, auf diesem Server Websites umzuschalten",
  "Nothing was changed. It expires within minutes; the details say whose it is.":
    "Es wurde nichts geändert. Die Vorbereitung verfällt in wenigen Minuten; von wem sie ist, steht in den Details.",
  "The prepared switch is no longer held": "Die vorbereitete Umschaltung wird nicht mehr bereitgehalten",
  "Nothing was changed here. Prepare it again.": "Hier wurde nichts geändert. Bereiten Sie sie noch einmal vor.",
  "This cannot be done with the window right now": "Das geht mit dem Wartungsfenster jetzt nicht",
  "Nothing was changed. Check what the window is doing now.":
    "Es wurde nichts geändert. Sehen Sie nach, was das Wartungsfenster gerade tut.",
  "The web server does not ask the agent": "Der Webserver fragt den Agenten nicht",
  "Nothing was changed. Prepare the web server again; the details say which site and listener.":
    "Es wurde nichts geändert. Bereiten Sie den Webserver noch einmal vor; Website und Listener stehen in den Details.",
  "The web server's configuration has changed": "Die Konfiguration des Webservers hat sich geändert",
  "Nothing was written. Look at the new plan.": "Es wurde nichts geschrieben. Sehen Sie sich den neuen Plan an.",
  "The web server was left as it was": "Der Webserver ist unverändert",
  "Every file is as it was before. The details say what it reported.":
    "Jede Datei ist wie zuvor. Was er gemeldet hat, steht in den Details.",
  "This web server cannot decide the exception": "Dieser Webserver kann über die Ausnahme nicht entscheiden",
  "Nothing was changed. Choose another exception; the details say which are possible.":
    "Es wurde nichts geändert. Wählen Sie eine andere Ausnahme; welche möglich sind, steht in den Details.",
  "Not all visitors would have seen the page": "Nicht alle Besucher hätten die Seite gesehen",
  "The agent looked as a visitor does and took the change back. The details say what answered.":
    "Der Agent hat nachgesehen wie ein Besucher und die Änderung zurückgenommen. Was geantwortet hat, steht in den Details.",
  "Somebody changed the window in between": "Inzwischen hat jemand das Wartungsfenster geändert",
  "Nothing was overwritten. Back to the wizard as it is now.":
    "Es wurde nichts überschrieben. Zurück zum Assistenten mit dem jetzigen Stand.",
  "Nothing was overwritten. Look at the plan again with the configuration as it is now.":
    "Es wurde nichts überschrieben. Sehen Sie sich den Plan mit der jetzigen Konfiguration noch einmal an.",
  "This configuration is not valid": "Diese Konfiguration ist ungültig",
  "Nothing was changed. Correct the fields named below.":
    "Es wurde nichts geändert. Korrigieren Sie die unten genannten Felder.",
  "A listener cannot be opened": "Ein Listener kann nicht geöffnet werden",
  "Nothing was changed. Choose a free port, or stop the program that has it.":
    "Es wurde nichts geändert. Wählen Sie einen freien Port oder beenden Sie das Programm, das ihn hat.",
  "These options are not valid": "Diese Angaben sind ungültig",
  "The agent needs to know which configuration is meant": "Der Agent muss wissen, welche Konfiguration gemeint ist",
  "The agent could not hand over": "Der Agent konnte nicht übergeben",
  "The running agent continues as before. The details say what the new one reported.":
    "Der laufende Agent arbeitet weiter wie zuvor. Was der neue gemeldet hat, steht in den Details.",
  "The agent is stopping": "Der Agent beendet sich gerade",
  "Wait until it is back.": "Warten Sie, bis er wieder da ist.",
  "The agent has too many calls at once": "Der Agent hat zu viele Aufrufe gleichzeitig",
  "Nothing was changed. Try again in a moment.": "Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.",
  "The agent cannot save": "Der Agent kann nicht speichern",
  "Nothing was changed. Free space on its disk, or fix the permissions of its state directory.":
    "Es wurde nichts geändert. Schaffen Sie Platz auf seinem Datenträger oder korrigieren Sie die Rechte seines Zustandsverzeichnisses.",
  "Something went wrong": "Etwas ist schiefgegangen",
  "As far as is known, nothing was changed. Copy the details and report it.":
    "Soweit bekannt, wurde nichts geändert. Kopieren Sie die Details und melden Sie es.",
  "Not confirmed": "Nicht bestätigt",
  "Nothing was changed.": "Es wurde nichts geändert.",
  "The app rejected its own request": "Die App hat ihre eigene Anfrage abgelehnt",
  "This file cannot be used": "Diese Datei ist unbrauchbar",
  "Nothing was changed. Choose another file, or correct this one.":
    "Es wurde nichts geändert. Wählen Sie eine andere Datei oder korrigieren Sie diese.",
  "The app refused its own page": "Die App hat ihre eigene Seite abgelehnt",
  "Restart the app.": "Starten Sie die App neu.",
  "This server is no longer in the list": "Dieser Server ist nicht mehr in der Liste",
  "Go back to the overview.": "Gehen Sie zurück zur Übersicht.",
  "This server is already in the list": "Dieser Server ist schon in der Liste",
  "Use the entry that is there.": "Nehmen Sie den vorhandenen Eintrag.",
  "The server does not answer": "Der Server antwortet nicht",
  "Backsoon keeps trying; what you see is what was last observed.":
    "Backsoon versucht es weiter; Sie sehen, was zuletzt beobachtet wurde.",
  "The server has gone silent": "Der Server ist verstummt",
  "Reconnecting… Showing the last known state.":
    "Verbindung wird wiederhergestellt … Sie sehen den letzten bekannten Stand.",
  "There is no agent at this address": "Unter dieser Adresse ist kein Agent",
  "Install it, or correct the path of its admin socket or program.":
    "Installieren Sie ihn oder korrigieren Sie den Pfad seines Admin-Sockets oder Programms.",
  "Start the agent, or correct the path of its admin socket.":
    "Starten Sie den Agenten oder korrigieren Sie den Pfad seines Admin-Sockets.",
  "The admin socket belongs to another user": "Der Admin-Socket gehört einem anderen Benutzer",
  "Run the app as the agent's user.": "Starten Sie die App als Benutzer des Agenten.",
  "Something else answers there": "Dort antwortet etwas anderes",
  "Correct the path of the admin socket.": "Korrigieren Sie den Pfad des Admin-Sockets.",
  "The agent and the app do not speak the same API version": "Agent und App sprechen nicht dieselbe API-Version",
  "Update the older one.": "Aktualisieren Sie das Ältere.",
  "The SSH configuration cannot be used": "Die SSH-Konfiguration ist unbrauchbar",
  "Correct the file and line named below.": "Korrigieren Sie die unten genannte Datei und Zeile.",
  "This host name is unknown": "Dieser Hostname ist unbekannt",
  "Check the spelling, and that this computer is online.":
    "Prüfen Sie die Schreibweise und ob dieser Computer online ist.",
  "The connection was refused": "Die Verbindung wurde abgelehnt",
  "Check the port, and that the SSH server is running.": "Prüfen Sie den Port und ob der SSH-Server läuft.",
  "There is no route to this host": "Es gibt keine Route zu diesem Host",
  "Check the network or the VPN.": "Prüfen Sie das Netzwerk oder das VPN.",
  "The host does not answer": "Der Host antwortet nicht",
  "A command on the server takes too long": "Ein Befehl auf dem Server dauert zu lange",
  "Look there what it waits for, then try again; what it printed is below.":
    "Sehen Sie dort nach, worauf er wartet, und versuchen Sie es noch einmal; seine Ausgabe steht unten.",
  "Check the address and the port; a firewall may drop the packets.":
    "Prüfen Sie Adresse und Port; vielleicht verwirft eine Firewall die Pakete.",
  "No SSH server answers there": "Dort antwortet kein SSH-Server",
  "Check the port. If it is right, too many may be logging in at the moment.":
    "Prüfen Sie den Port. Stimmt er, laufen dort vielleicht gerade zu viele Anmeldungen.",
  "The SSH server and this app have no algorithm in common":
    "Der SSH-Server und diese App haben keinen gemeinsamen Algorithmus",
  "Let the server offer another one; what it offers is named below.":
    "Lassen Sie den Server einen anderen anbieten; was er anbietet, steht unten.",
  "The host key was not accepted": "Der Hostschlüssel wurde nicht angenommen",
  "Compare the fingerprint with the server's, then connect again.":
    "Vergleichen Sie den Fingerabdruck mit dem des Servers und verbinden Sie sich dann noch einmal.",
  "The host key has changed": "Der Hostschlüssel hat sich geändert",
  "Compare both fingerprints before you do anything else.":
    "Vergleichen Sie beide Fingerabdrücke, bevor Sie irgendetwas anderes tun.",
  "The host key is revoked": "Der Hostschlüssel ist widerrufen",
  "Do not connect; ask whoever runs the server.": "Verbinden Sie sich nicht; fragen Sie, wer den Server betreibt.",
  "Host certificates are not supported": "Host-Zertifikate werden nicht unterstützt",
  "Add the server's own host key to known_hosts.":
    "Tragen Sie den eigenen Hostschlüssel des Servers in known_hosts ein.",
  "The key file cannot be used": "Die Schlüsseldatei ist unbrauchbar",
  "Choose another one, or fix the one named below.": "Wählen Sie eine andere oder korrigieren Sie die unten genannte.",
  "The passphrase is wrong": "Die Passphrase ist falsch",
  "Try again with the right one, or choose another key.":
    "Versuchen Sie es mit der richtigen oder wählen Sie einen anderen Schlüssel.",
  "The SSH agent does not answer": "Der SSH-Agent antwortet nicht",
  "Start it, or choose a key file.": "Starten Sie ihn oder wählen Sie eine Schlüsseldatei.",
  "The server did not let you in": "Der Server hat die Anmeldung abgelehnt",
  "Check the user name and the key, or ask whoever runs the server.":
    "Prüfen Sie Benutzername und Schlüssel oder fragen Sie, wer den Server betreibt.",
  "The login was cancelled": "Die Anmeldung wurde abgebrochen",
  "Connect again when you are ready.": "Verbinden Sie sich noch einmal, wenn Sie so weit sind.",
  "The jump host forbids forwarding": "Der Sprungserver verbietet die Weiterleitung",
  "Enable AllowTcpForwarding there, or use another route.":
    "Erlauben Sie dort AllowTcpForwarding oder nehmen Sie einen anderen Weg.",
  "The agent's program did not answer": "Das Programm des Agenten hat nicht geantwortet",
  "SSH forwarding is not allowed there, and the fallback failed too. See the details.":
    "SSH-Weiterleitung ist dort nicht erlaubt, und auch der Ersatzweg ist fehlgeschlagen. Siehe Details.",
  "The server does not accept files": "Der Server nimmt keine Dateien an",
  "Enable its SFTP subsystem, or install the agent by hand.":
    "Schalten Sie sein SFTP-Subsystem ein oder installieren Sie den Agenten von Hand.",
  "This operation is no longer kept": "Diese Umschaltung ist nicht mehr gespeichert",
  "Look at the servers as they are now.": "Sehen Sie sich die Server an, wie sie jetzt sind.",
  "This operation is still running": "Diese Umschaltung läuft noch",
  "Wait until it has finished.": "Warten Sie, bis sie fertig ist.",
  "The window is not the same on all of its servers": "Das Wartungsfenster ist nicht auf allen seinen Servern gleich",
  "The schedule shows it as incomplete: finish it there, or remove it.":
    "Der Kalender zeigt es als unvollständig: Vervollständigen Sie es dort oder entfernen Sie es.",
  "The agent cannot be installed there": "Der Agent kann dort nicht installiert werden",
  "The details say what is missing.": "Was fehlt, steht in den Details.",
  "The installation stopped": "Die Installation ist abgebrochen",
  "What was there before is still there. The details say what went wrong.":
    "Was vorher da war, ist noch da. Was schiefging, steht in den Details.",
  "The agent cannot be uninstalled from here": "Der Agent kann von hier aus nicht deinstalliert werden",
  "The details say why.": "Der Grund steht in den Details.",
  "The agent is not uninstalled yet": "Der Agent ist noch nicht deinstalliert",
  "The details say what went wrong. You can run it again.":
    "Was schiefging, steht in den Details. Sie können es noch einmal ausführen.",
  "The SSH connection was lost": "Die SSH-Verbindung ist abgerissen",
  "The practice server does not run": "Der Übungsserver läuft nicht",
  "The details say what it reported.": "Was er gemeldet hat, steht in den Details.",
  "Start it again": "Neu starten",
  "There is nothing left to do": "Es ist nichts mehr zu tun",
  "Somebody has already done it, or it happened automatically.":
    "Jemand hat es schon getan, oder es ist automatisch geschehen.",
  "The settings could not be saved": "Die Einstellungen konnten nicht gespeichert werden",
  "Free space on the disk, or fix the permissions of the app's folder.":
    "Schaffen Sie Platz auf dem Datenträger oder korrigieren Sie die Rechte des Ordners der App.",
} as const;
