/** How a server is reached, what it is called, and what is asked before it is changed. */
export const CONNECTIONS = {
  // How it is reached
  "Connection to {server}": "Verbindung zu {server}",
  "The server itself is not changed. It is connected to anew, and its host key is checked as before.":
    "Der Server selbst wird nicht geändert. Die App verbindet sich neu mit ihm und prüft seinen Hostschlüssel wie bisher.",
  "Tried before all other keys.": "Wird vor allen anderen Schlüsseln versucht.",
  "user@host:port, separated by commas": "user@host:port, durch Kommas getrennt",
  "Enter the absolute path of the agent's admin socket.": "Geben Sie den absoluten Pfad des Admin-Sockets ein.",
  "Save and connect": "Speichern und verbinden",
  "Enter the address of the server, e.g. {examples}.": "Geben Sie die Adresse des Servers ein, z. B. {examples}.",
  "An address has no spaces; options have their own fields below. Write e.g. {examples}.":
    "Eine Adresse hat keine Leerzeichen; für Optionen gibt es unten eigene Felder. Schreiben Sie z. B. {examples}.",
  "Enter the user name before @.": "Geben Sie vor dem @ den Benutzernamen ein.",
  "The host is missing. Write e.g. {examples}.": "Der Host fehlt. Schreiben Sie z. B. {examples}.",
  "“{text}” is not a host. Write e.g. {examples}.": "„{text}“ ist kein Host. Schreiben Sie z. B. {examples}.",
  "A port is a number from 1 to 65535; 22 is the usual one.": "Ein Port ist eine Zahl von 1 bis 65535; üblich ist 22.",
  "A user name has no spaces, none of : / and no @ at its beginning.":
    "Ein Benutzername hat keine Leerzeichen, kein : und kein / und beginnt nicht mit @.",
  "The address names {user} already; leave one of the two out.":
    "Die Adresse nennt schon {user}; lassen Sie eines von beiden weg.",
  "The address names port {port} already; leave one of the two out.":
    "Die Adresse nennt schon Port {port}; lassen Sie eines von beiden weg.",
  "Enter the absolute path of the private key, or choose the file.":
    "Geben Sie den absoluten Pfad des privaten Schlüssels ein, oder wählen Sie die Datei.",

  // What it is called
  "Name, fleet and environment of {server}": "Name, Flotte und Umgebung von {server}",
  "They are only used in this app; the agent keeps its address.":
    "Sie gelten nur in dieser App; der Agent behält seine Adresse.",
  "Fleet (optional)": "Flotte (optional)",
  "Servers that belong together, e.g. the web servers of one shop. The overview can be grouped by it.":
    "Server, die zusammengehören, z. B. die Webserver eines Shops. Die Übersicht lässt sich danach gruppieren.",
  Environment: "Umgebung",
  "Shown with its colour wherever the server is named.": "Wird mit ihrer Farbe angezeigt, wo der Server genannt ist.",
  None: "Keine",
  Production: "Produktion",
  Staging: "Staging",
  Development: "Entwicklung",
  production: "Produktion",
  staging: "Staging",
  development: "Entwicklung",
  "Ask before every change on this server": "Vor jeder Änderung auf diesem Server fragen",
  "The app asks before every change": "Die App fragt vor jeder Änderung",

  // What is asked first
  "Change {servers}?": "{servers} ändern?",
  "This {what} on {servers}, where every change is to be confirmed.":
    "Auf {servers} muss jede Änderung bestätigt werden. Diese {what}.",
  Confirm: "Bestätigen",
  "changes the configuration": "ändert die Konfiguration",
  "makes another generation the active one": "macht eine andere Generation zur aktiven",
  "puts a site in maintenance": "nimmt eine Website in Wartung",
  "changes a maintenance that is on": "ändert eine laufende Wartung",
  "brings a site back": "öffnet eine Website wieder",
  "changes maintenance that is on": "ändert laufende Wartungen",
  "switches several sites": "schaltet mehrere Websites um",
  "finishes a switch of several sites": "beendet eine Umschaltung mehrerer Websites",
  "undoes a switch of several sites": "macht eine Umschaltung mehrerer Websites rückgängig",
  "plans maintenance": "plant eine Wartung",
  "changes planned maintenance": "ändert eine geplante Wartung",
  "removes planned maintenance": "entfernt eine geplante Wartung",
  "skips planned maintenance": "überspringt eine geplante Wartung",
  "puts its sites in maintenance": "nimmt die Websites in Wartung",
  "moves the end of a maintenance": "verschiebt das Ende einer Wartung",
  "brings its sites back": "öffnet die Websites wieder",
  "undoes the last change of the schedule": "macht die letzte Änderung am Kalender rückgängig",
  "acts on what is due": "erledigt, was fällig ist",
  "restarts the workers": "startet die Worker neu",
  "cuts a request": "bricht eine Anfrage ab",
  "orders a certificate": "fordert ein Zertifikat an",
  "changes where reminders go": "ändert, wohin Erinnerungen gehen",
  "changes files of a web server and reloads it": "ändert Dateien eines Webservers und lädt ihn neu",
  "No address is known for {host}. Check the spelling, and that this computer is online.":
    "Für {host} ist keine Adresse bekannt. Prüfen Sie die Schreibweise und ob dieser Computer online ist.",
  "Nothing listens on port {port} of {host}. Check the port, and that the SSH server runs.":
    "Auf Port {port} von {host} lauscht nichts. Prüfen Sie den Port und ob der SSH-Server läuft.",
  "There is no way to {host} from here: {message}. Check the network or the VPN.":
    "Von hier führt kein Weg zu {host}: {message}. Prüfen Sie das Netzwerk oder das VPN.",
  "{address} does not answer. A firewall may drop the packets, or the port is wrong.":
    "{address} antwortet nicht. Vielleicht verwirft eine Firewall die Pakete, oder der Port ist falsch.",
  "What answers at {address} does not speak SSH as it should ({message}). Check the port.":
    "Was unter {address} antwortet, spricht SSH nicht, wie es soll ({message}). Prüfen Sie den Port.",
  "{address} has gone silent.": "{address} ist verstummt.",
  "The SSH connection to {address} failed: {message}": "Die SSH-Verbindung zu {address} ist fehlgeschlagen: {message}",
  "{address} hung up before it said anything of SSH. Its SSH server or a firewall may not accept this address, too many may be logging in at the moment (MaxStartups), or the port is wrong.":
    "{address} hat aufgelegt, bevor etwas von SSH kam. Vielleicht nimmt der SSH-Server oder eine Firewall diese Adresse nicht an, es laufen gerade zu viele Anmeldungen (MaxStartups), oder der Port ist falsch.",
  "There is no agent's socket at {place}. Start the agent, or correct the path.":
    "Unter {place} ist kein Socket eines Agenten. Starten Sie den Agenten oder korrigieren Sie den Pfad.",
  "This account may not open {place}. The agent's socket belongs to the account that runs it.":
    "Dieses Konto darf {place} nicht öffnen. Der Socket gehört dem Konto, unter dem der Agent läuft.",
  "Nothing answers on {place}: the agent is not running.": "Unter {place} antwortet nichts: Der Agent läuft nicht.",
  "What answers on {place} does not speak the agent's protocol ({why}).":
    "Was unter {place} antwortet, spricht nicht das Protokoll des Agenten ({why}).",
  "The connection to {place} failed: {why}": "Die Verbindung zu {place} ist fehlgeschlagen: {why}",
  "The agent at {place} did not answer within {seconds} s.":
    "Der Agent unter {place} hat nicht innerhalb von {seconds} s geantwortet.",
  "{address} did not answer within {seconds} s. A firewall may drop the packets, or the port is wrong.":
    "{address} hat nicht innerhalb von {seconds} s geantwortet. Vielleicht verwirft eine Firewall die Pakete, oder der Port ist falsch.",
  "The connection to {address} was given up.": "Die Verbindung zu {address} wurde aufgegeben.",
  "The host key of {address} was not accepted, so nothing was sent to it.":
    "Der Hostschlüssel von {address} wurde nicht angenommen; es wurde nichts gesendet.",
  "There was nothing to try.": "Es gab nichts zu versuchen.",
  "Tried: {names}.": "Versucht: {names}.",
  "The server allows: {names}.": "Der Server erlaubt: {names}.",
  "{address} did not let you in. {what} Check the user name, or choose the key whose public half is in the server's authorized_keys.":
    "{address} hat die Anmeldung abgelehnt. {what} Prüfen Sie den Benutzernamen oder wählen Sie den Schlüssel, dessen öffentliche Hälfte in der authorized_keys des Servers steht.",
  "The login failed: {why}": "Die Anmeldung ist fehlgeschlagen: {why}",
  "No password was given for {address}.": "Für {address} wurde kein Passwort eingegeben.",
  "The questions of {address} were not answered.": "Die Fragen von {address} wurden nicht beantwortet.",
  "{address} shows another host key than the one that is known. Either the server was reinstalled, or somebody stands in between. Nothing was sent to it.":
    "{address} zeigt einen anderen Hostschlüssel als den bekannten. Entweder wurde der Server neu installiert, oder jemand steht dazwischen. Es wurde nichts gesendet.",
  "The host key of {address} is marked as revoked in {file}, line {line}. Do not connect; ask whoever runs the server.":
    "Der Hostschlüssel von {address} ist in {file}, Zeile {line}, als widerrufen vermerkt. Verbinden Sie sich nicht; fragen Sie, wer den Server betreibt.",
} as const;
