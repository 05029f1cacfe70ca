/** Installing and uninstalling the agent: steps and failures; the practice server. */
export const INSTALL = {
  // Steps
  "Upload the agent ({size, number, ::.0} MB)": "Den Agenten hochladen ({size, number, ::.0} MB)",
  "Check what arrived": "Prüfen, was angekommen ist",
  "Make the folders": "Die Ordner anlegen",
  "Put the agent in place": "Den Agenten an seinen Platz legen",
  "Write the first configuration, unless there is one": "Die erste Konfiguration schreiben, falls es keine gibt",
  "Write the service": "Den Dienst schreiben",
  "Start it": "Den Agenten starten",
  "The agent {version} answers": "Der Agent {version} antwortet",
  "Check that this app has installed it": "Prüfen, ob diese App ihn installiert hat",
  "Check that no web server asks it": "Prüfen, ob kein Webserver ihn fragt",
  "Stop the agent": "Den Agenten anhalten",
  "Remove the service": "Den Dienst entfernen",
  "Delete its configuration and its history": "Seine Konfiguration und seinen Verlauf löschen",
  "Remove the folder for web servers": "Den Ordner für Webserver entfernen",
  "Remove the program": "Das Programm entfernen",
  "Check that nobody answers any more": "Prüfen, ob niemand mehr antwortet",
  "sftp: the agent → {place}": "sftp: der Agent → {place}",
  "Only if it does not answer:": "Nur wenn er nicht antwortet:",
  "Put the previous agent back": "Den vorigen Agenten wiederherstellen",

  // Why not
  "The first configuration could not serve, so nothing was sent to the server.":
    "Mit der ersten Konfiguration könnte der Agent nichts ausliefern; darum wurde nichts an den Server gesendet.",
  "Node runs nothing from {folder}: there is a backslash in this path. Choose a process in another folder.":
    "Node führt aus {folder} nichts aus: In diesem Pfad ist ein Backslash. Wählen Sie einen Prozess in einem anderen Ordner.",
  "{server} runs {system}; the agent is installed on Linux only. Elsewhere, start it by hand and add it by its socket.":
    "Auf {server} läuft {system}; installieren lässt sich der Agent nur unter Linux. Starten Sie ihn sonst von Hand und fügen Sie ihn über seinen Socket hinzu.",
  "The agent that runs there stands beside a web server. Uninstall it first, then install it anew.":
    "Der Agent dort steht neben einem Webserver. Deinstallieren Sie ihn zuerst, und installieren Sie ihn dann neu.",
  "The agent that runs there serves sites itself. Uninstall it first, then install it anew.":
    "Der Agent dort liefert Websites selbst aus. Deinstallieren Sie ihn zuerst, und installieren Sie ihn dann neu.",
  "{server} has no systemd; choose a process that runs until the machine is restarted.":
    "{server} hat kein systemd; wählen Sie einen Prozess, der bis zum Neustart der Maschine läuft.",
  "This account may not become root on {server} (there is no sudo); choose a service of the account.":
    "Dieses Konto darf auf {server} nicht root werden (es gibt kein sudo); wählen Sie einen Dienst des Kontos.",
  "{server} keeps no services for this account (systemd --user does not answer); choose another way.":
    "{server} führt für dieses Konto keine Dienste aus (systemd --user antwortet nicht); wählen Sie einen anderen Weg.",
  "Only a process has a folder of its own; services have their usual places.":
    "Nur ein Prozess hat einen eigenen Ordner; Dienste haben ihre üblichen Plätze.",
  "Beside a web server the agent is a service of the machine: it writes the web server's configuration and reloads it.":
    "Neben einem Webserver ist der Agent ein Dienst der Maschine: Er schreibt dessen Konfiguration und lädt sie neu.",
  "{server} has no systemd. Start the agent by hand as root, and add it by its socket.":
    "{server} hat kein systemd. Starten Sie den Agenten von Hand als root und fügen Sie ihn über seinen Socket hinzu.",
  "Beside a web server the agent needs root, and this account may not become root on {server} (there is no sudo). Log in as root, or with an account that has sudo.":
    "Neben einem Webserver braucht der Agent root, und dieses Konto darf auf {server} nicht root werden (es gibt kein sudo). Melden Sie sich als root an oder mit einem Konto, das sudo hat.",
  "This app has not installed the agent at {socket}: there is no {file} on {server}. Uninstall it the way it was installed.":
    "Diese App hat den Agenten unter {socket} nicht installiert: Auf {server} gibt es kein {file}. Deinstallieren Sie ihn so, wie er installiert wurde.",
  "The agent is a service of the machine, and this account may not become root on {server} (there is no sudo). Log in with another one.":
    "Der Agent ist ein Dienst der Maschine, und dieses Konto darf auf {server} nicht root werden (es gibt kein sudo). Melden Sie sich mit einem anderen an.",
  "The agent is a service of systemd, which does not answer for this account on {server}.":
    "Der Agent ist ein Dienst von systemd, das auf {server} für dieses Konto nicht antwortet.",
  "{server} runs no POSIX shell (sh) for this account, so nothing is known about it.":
    "Auf {server} läuft für dieses Konto keine POSIX-Shell (sh), darum ist nichts über ihn bekannt.",
  "{server} did not run what this app looks around with. It said: {words}":
    "{server} hat nicht ausgeführt, womit diese App sich umsieht. Ausgabe: {words}",
  "{server} did not run what this app looks around with (it ended with code {code}). It said: {words}":
    "{server} hat nicht ausgeführt, womit diese App sich umsieht (Ende mit Code {code}). Ausgabe: {words}",
  "no Node": "kein Node",
  "{server} ({system}) has {node} for this account; the agent needs Node {wanted} or newer. An executable that needs none is made from Linux x64 for Linux x64 only. Install Node, for example from nodejs.org, and look again.":
    "{server} ({system}) hat für dieses Konto {node}; der Agent braucht Node {wanted} oder neuer. Ein Programm, das keines braucht, entsteht nur von Linux x64 für Linux x64. Installieren Sie Node, zum Beispiel von nodejs.org, und sehen Sie noch einmal nach.",
  "{server} has {node}, and an executable that needs none could not be made: {why}":
    "{server} hat {node}, und ein Programm, das keines braucht, ließ sich nicht erstellen: {why}",

  // What failed
  "“{step}” ended with code {code}. It said: {words}": "„{step}“ endete mit Code {code}. Ausgabe: {words}",
  "The agent could not be uploaded to {place}: {why}": "Der Agent ließ sich nicht nach {place} hochladen: {why}",
  "The agent was started, and does not answer at {socket}. It said: {words}":
    "Der Agent wurde gestartet, antwortet aber nicht unter {socket}. Ausgabe: {words}",
  "At {socket} an agent of version {version} answers instead of {wanted}.":
    "Unter {socket} antwortet ein Agent der Version {version} statt {wanted}.",
  "A command on the server did not end within {seconds, number} s. It said: {words}":
    "Ein Befehl auf dem Server ist nicht innerhalb von {seconds, number} s fertig geworden. Ausgabe: {words}",
  "{address} did not begin a command within {seconds, number} s. What runs at each login there (~/.bashrc, for example) may wait for something. Try “ssh {host} true” in a terminal. It said: {words}":
    "{address} hat einen Befehl innerhalb von {seconds, number} s nicht begonnen. Vielleicht wartet dort etwas, das bei jeder Anmeldung läuft (zum Beispiel ~/.bashrc). Versuchen Sie „ssh {host} true“ in einem Terminal. Ausgabe: {words}",
  "{address} did not begin a command as root within {seconds, number} s. sudo, or what runs at each login there (~/.bashrc, for example), may wait for something. Try “ssh -t {host} sudo true” in a terminal. It said: {words}":
    "{address} hat einen Befehl als root innerhalb von {seconds, number} s nicht begonnen. Vielleicht wartet dort sudo oder etwas, das bei jeder Anmeldung läuft (zum Beispiel ~/.bashrc). Versuchen Sie „ssh -t {host} sudo true“ in einem Terminal. Ausgabe: {words}",
  "The SSH connection ended while a command ran on the server.":
    "Die SSH-Verbindung endete, während auf dem Server ein Befehl lief.",
  "No password for sudo was given, so nothing was changed on the server.":
    "Es wurde kein Passwort für sudo eingegeben; darum wurde auf dem Server nichts geändert.",
  "sudo does not make this account root on {server}. It said: {words}":
    "sudo macht dieses Konto auf {server} nicht zu root. Ausgabe: {words}",
  "The connection to the server has ended. Connect again.":
    "Die Verbindung zum Server ist beendet. Verbinden Sie sich neu.",

  // The practice server
  "The practice server does not run.": "Der Übungsserver läuft nicht.",
  "The practice server stopped: {why}": "Der Übungsserver ist beendet: {why}",
  Starting: "Startet",
  "Opening the sample shop": "Der Beispielshop wird geöffnet",
  "Starting the agent": "Der Agent wird gestartet",
  "Starting nginx": "nginx wird gestartet",

  // Before and while it is installed
  "It is gone already; go on.": "Er ist schon entfernt; weiter.",
  "It is installed already; go on.": "Er ist schon installiert; weiter.",
  "{server} keeps its configuration, its sites and what is in maintenance. The running agent hands over to the new one, and no visitor notices; if the new one cannot take over, the running one goes on as before.":
    "{server} behält Konfiguration, Websites und was in Wartung ist. Der laufende Agent übergibt an den neuen, und kein Besucher merkt etwas; kann der neue nicht übernehmen, läuft der alte weiter wie zuvor.",
  "The agent ends its requests in flight, and then nothing serves the sites that it serves itself. The sites' own files stay where they are. Sites of a web server beside it are served on; remove the hook from that web server first.":
    "Der Agent beendet seine laufenden Anfragen; danach liefert niemand mehr die Websites aus, die er selbst ausliefert. Die Dateien der Websites bleiben, wo sie sind. Websites eines Webservers daneben laufen weiter; entfernen Sie vorher den Hook aus diesem Webserver.",
  "Also delete its configuration and its history": "Auch seine Konfiguration und seinen Verlauf löschen",
  "An agent that is installed later starts from scratch.": "Ein später installierter Agent fängt von vorn an.",
  "An agent that is installed later continues with them.": "Ein später installierter Agent macht damit weiter.",
  "The agent becomes a service of the machine and opens no port. The web server and its configuration stay as they are.":
    "Der Agent wird ein Dienst der Maschine und öffnet keinen Port. Der Webserver und seine Konfiguration bleiben, wie sie sind.",
  "It runs as root: it has to write the web server's configuration, check it and reload it.":
    "Er läuft als root: Er muss die Konfiguration des Webservers schreiben, prüfen und neu laden.",
  "It takes orders from root and this account alone; so whoever has this account can do there what root can, without a password.":
    "Er gehorcht nur root und diesem Konto; wer dieses Konto hat, kann dort also ohne Passwort, was root kann.",
  "The next step is on the server's page: prepare the sites. You see every change first.":
    "Der nächste Schritt ist auf der Seite des Servers: die Websites vorbereiten. Sie sehen vorher jede Änderung.",
  "How it runs": "Wie er läuft",
  "Created if it is missing; holds the program, configuration, state and socket.":
    "Wird angelegt, wenn er fehlt; enthält Programm, Konfiguration, Zustand und Socket.",
  "Enter an absolute path, e.g. /opt/backsoon.": "Geben Sie einen absoluten Pfad ein, z. B. /opt/backsoon.",
  "System service": "Systemdienst",
  "User service": "Benutzerdienst",
  "Plain process": "Einfacher Prozess",
  "Asks for your sudo password.": "Fragt nach Ihrem sudo-Passwort.",
  "Uses sudo.": "Benutzt sudo.",
  "Starts with the machine, and can use ports 80 and 443.":
    "Startet mit der Maschine und kann die Ports 80 und 443 benutzen.",
  "Needs no root. Ports from 1024 up.": "Braucht kein root. Ports ab 1024.",
  "Runs until the machine is restarted; everything is in one folder.":
    "Läuft bis zum Neustart der Maschine; alles ist in einem Ordner.",
  "Runs until the machine is restarted; everything is in one folder. Ports from 1024 up.":
    "Läuft bis zum Neustart der Maschine; alles ist in einem Ordner. Ports ab 1024.",
  "There is no systemd on this server.": "Auf diesem Server gibt es kein systemd.",
  "This account cannot become root there: there is no sudo.":
    "Dieses Konto kann dort nicht root werden: Es gibt kein sudo.",
  "systemd --user does not answer for this account.": "systemd --user antwortet für dieses Konto nicht.",
  "What will be done": "Was getan wird",
  "Run as root, through sudo": "Als root ausgeführt, mit sudo",
  "Run as root": "Als root ausgeführt",
  "Run as your account": "Mit Ihrem Konto ausgeführt",
  Installation: "Installation",
  waiting: "wartet",
  running: "läuft",
  done: "fertig",
  failed: "fehlgeschlagen",
  Upload: "Hochladen",
  "{part} of {whole}": "{part} von {whole}",
  "Starting…": "Es beginnt …",
} as const;
