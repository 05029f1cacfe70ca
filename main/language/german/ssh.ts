/** Why an SSH login, a key file or a channel to an agent failed. */
export const SSH = {
  // The way to the host
  "“{text}” is not a list of jump hosts. Write user@host:port, several separated by commas.":
    "„{text}“ ist keine Liste von Sprungservern. Schreiben Sie user@host:port, mehrere durch Kommas getrennt.",
  "{address} forbids forwarding, so it cannot be used as a jump host (AllowTcpForwarding in its sshd_config).":
    "{address} verbietet die Weiterleitung und taugt darum nicht als Sprungserver (AllowTcpForwarding in seiner sshd_config).",
  "{address} cannot reach port {port} of {host} ({message}).":
    "{address} erreicht Port {port} von {host} nicht ({message}).",
  "The ProxyCommand “{command}” cannot be started ({why}).":
    "Der ProxyCommand „{command}“ lässt sich nicht starten ({why}).",
  "The ProxyCommand “{command}” ended with code {code}.": "Der ProxyCommand „{command}“ endete mit Code {code}.",
  "The ProxyCommand “{command}” was ended by {signal}.": "Der ProxyCommand „{command}“ wurde durch {signal} beendet.",
  "The ProxyCommand “{command}” runs.": "Der ProxyCommand „{command}“ läuft.",
  "It said: {words}": "Ausgabe: {words}",
  "{message} Your ssh configuration also asks for what this app does not do: {warnings}":
    "{message} Ihre ssh-Konfiguration verlangt außerdem, was diese App nicht tut: {warnings}",

  // What ~/.ssh/config asks for
  "{file} line {line}": "{file} Zeile {line}",
  "{name} {says} ({place}).": "{name} {says} ({place}).",
  "“{keyword}” is not a setting that this app knows ({place}).":
    "„{keyword}“ ist keine Einstellung, die diese App kennt ({place}).",
  "“Match {criterion}” is not evaluated ({file} line {line}): the lines under it are left out.":
    "„Match {criterion}“ wird nicht ausgewertet ({file} Zeile {line}): Die Zeilen darunter werden ausgelassen.",
  "is not followed; choose the way to log in when you add the server":
    "wird nicht befolgt; wählen Sie die Anmeldung beim Hinzufügen des Servers",
  "is not followed; the app offers its own list": "wird nicht befolgt; die App bietet ihre eigene Liste an",
  "is not supported; write the full name in HostName":
    "wird nicht unterstützt; schreiben Sie den vollen Namen in HostName",
  "is not supported; use a key or a password": "wird nicht unterstützt; benutzen Sie einen Schlüssel oder ein Passwort",
  "is not supported; host keys are looked up in the known_hosts files only":
    "wird nicht unterstützt; Hostschlüssel werden nur in den known_hosts-Dateien gesucht",
  "is not supported; load the key into an SSH agent":
    "wird nicht unterstützt; laden Sie den Schlüssel in einen SSH-Agenten",
  "is not read; mark revoked keys with @revoked in a known_hosts file":
    "wird nicht gelesen; kennzeichnen Sie widerrufene Schlüssel mit @revoked in einer known_hosts-Datei",
  "is not followed; an unknown host key is always shown to you, and a changed one always stops the connection":
    "wird nicht befolgt; ein unbekannter Hostschlüssel wird Ihnen immer angezeigt, und ein geänderter bricht die Verbindung immer ab",
  "it is not a file": "es ist keine Datei",
  "it is not a text file": "es ist keine Textdatei",
  "it is larger than {most} MiB": "es ist größer als {most} MiB",

  // Algorithms, and what comes before the login
  "way to exchange keys": "Schlüsselaustausch",
  "kind of host key": "Art des Hostschlüssels",
  cipher: "Verschlüsselung",
  "message authentication code": "Nachrichtenprüfung (MAC)",
  "way to send without compression": "Übertragung ohne Kompression",
  "{address} and this app have no algorithm in common ({message}).":
    "{address} und diese App haben keinen gemeinsamen Algorithmus ({message}).",
  "{address} and this app have no {what} in common. The server offers {offered}. Let it offer another one, too: {line}, for example, in its sshd_config.":
    "{address} und diese App haben nichts gemeinsam bei: {what}. Der Server bietet {offered}. Lassen Sie ihn noch etwas anbieten, zum Beispiel mit {line} in seiner sshd_config.",
  "{address} shows a host key that cannot be read.": "{address} zeigt einen unlesbaren Hostschlüssel.",
  "{address} sends a packet that is longer than this app takes (35 kB), perhaps the text before the login: shorten the file that Banner in its sshd_config names.":
    "{address} sendet ein längeres Paket, als diese App annimmt (35 kB), vielleicht den Text vor der Anmeldung: Kürzen Sie die Datei, die Banner in seiner sshd_config nennt.",

  // The login
  "{address} neither let you in nor refused within {seconds} s. Its login may wait for something that does not come.":
    "{address} hat die Anmeldung innerhalb von {seconds} s weder angenommen noch abgelehnt. Vielleicht wartet sie dort auf etwas, das nicht kommt.",
  "The password of {address} has to be changed first. The server says: {words} Change it there with “passwd”, in a terminal with ssh.":
    "Das Passwort von {address} muss erst geändert werden. Der Server sagt: {words} Ändern Sie es dort mit „passwd“, in einem Terminal mit ssh.",
  "{address} asks {count} questions at once, which no login needs. The connection was ended.":
    "{address} stellt {count} Fragen auf einmal, was keine Anmeldung braucht. Die Verbindung wurde beendet.",
  "{address} asks one question after the other, which no login needs. The connection was ended.":
    "{address} stellt eine Frage nach der anderen, was keine Anmeldung braucht. Die Verbindung wurde beendet.",
  "This question is closed; the connection that asked it has ended.":
    "Diese Frage ist erledigt; die Verbindung, die sie stellte, ist beendet.",
  "the keychain did not answer": "der Schlüsselbund hat nicht geantwortet",
  "{address} does not say from which address it sees this computer (SSH_CONNECTION).":
    "{address} sagt nicht, unter welcher Adresse es diesen Computer sieht (SSH_CONNECTION).",

  // Keys
  "Of {count} keys the first {most} were tried; choose the right one in the app, or name it with IdentityFile.":
    "Von {count} Schlüsseln wurden die ersten {most} versucht; wählen Sie den richtigen in der App oder nennen Sie ihn mit IdentityFile.",
  "Not tried, as their type is not supported: {names}.":
    "Nicht versucht, weil ihr Typ nicht unterstützt wird: {names}.",
  "Of the key {path} there is only the public half, and the SSH agent does not hold it.":
    "Vom Schlüssel {path} gibt es nur die öffentliche Hälfte, und der SSH-Agent hat ihn nicht.",
  "The key {path} was not tried: {why}.": "Der Schlüssel {path} wurde nicht versucht: {why}.",
  "The key {file} cannot be used: {why}.": "Der Schlüssel {file} ist unbrauchbar: {why}.",
  "No passphrase was given for {file}.": "Für {file} wurde keine Passphrase eingegeben.",
  "None of the {count} passphrases opens {file}.": "Keine der {count} Passphrasen öffnet {file}.",
  "{name} with its certificate": "{name} mit Zertifikat",
  "there is no such file": "diese Datei gibt es nicht",
  "it is a folder": "das ist ein Ordner",
  "it is a public key; choose the private one beside it":
    "das ist ein öffentlicher Schlüssel; wählen Sie den privaten daneben",
  "it is kept in hardware (FIDO); load it into an SSH agent":
    "er liegt in Hardware (FIDO); laden Sie ihn in einen SSH-Agenten",
  "it is encrypted with chacha20-poly1305, which this app cannot open; change that with “ssh-keygen -p -Z aes256-ctr”, or load the key into an SSH agent":
    "er ist mit chacha20-poly1305 verschlüsselt, was diese App nicht öffnen kann; ändern Sie das mit „ssh-keygen -p -Z aes256-ctr“ oder laden Sie den Schlüssel in einen SSH-Agenten",
  "it is encrypted in a way that this app does not know; change that with “openssl pkcs8 -topk8 -v2 aes-256-cbc”, or load the key into an SSH agent":
    "er ist auf eine Weise verschlüsselt, die diese App nicht kennt; ändern Sie das mit „openssl pkcs8 -topk8 -v2 aes-256-cbc“ oder laden Sie den Schlüssel in einen SSH-Agenten",
  "it holds no key": "die Datei enthält keinen Schlüssel",
  "it holds no private key": "die Datei enthält keinen privaten Schlüssel",
  "SSH has no keys of type {type}": "SSH kennt keine Schlüssel vom Typ {type}",
  "The keys of the SSH agent at {socket} were not tried: {why}.":
    "Die Schlüssel des SSH-Agenten unter {socket} wurden nicht versucht: {why}.",
  "The SSH agent at {socket} did not sign with {name}: {why}.":
    "Der SSH-Agent unter {socket} hat nicht mit {name} signiert: {why}.",
  "its signature cannot be read": "seine Signatur ist unlesbar",

  // Host keys
  "trusted in this app": "in dieser App bestätigt",
  "{file}, line {line}": "{file}, Zeile {line}",
  "{file} cannot be read: {why}.": "{file} ist nicht lesbar: {why}.",
  "{message} It may say that the key of {address} is revoked, so nothing was sent.":
    "{message} Vielleicht steht darin, dass der Schlüssel von {address} widerrufen ist; darum wurde nichts gesendet.",
  "{address} is known by a certificate authority ({file}, line {line}), which is not supported. Add its own host key to known_hosts, for example with ssh-keyscan, after you have compared the fingerprint.":
    "{address} ist über eine Zertifizierungsstelle bekannt ({file}, Zeile {line}), was nicht unterstützt wird. Tragen Sie seinen eigenen Hostschlüssel in known_hosts ein, zum Beispiel mit ssh-keyscan, nachdem Sie den Fingerabdruck verglichen haben.",
  "{name} has not shown the key {print} since the app was started. Connect again first.":
    "{name} hat den Schlüssel {print} seit dem Start der App nicht gezeigt. Verbinden Sie sich zuerst neu.",

  // The connection, and the way to the agent
  "The connection to {address} was ended from here: {why}.":
    "Die Verbindung zu {address} wurde von hier beendet: {why}.",
  "The SSH connection to {address} failed: {why}.": "Die SSH-Verbindung zu {address} ist fehlgeschlagen: {why}.",
  "it sends requests and does not read the answers": "der Server sendet Anfragen und liest die Antworten nicht",
  "it announces host keys without end": "der Server kündigt endlos Hostschlüssel an",
  "it sends more than it was allowed to": "der Server sendet mehr, als ihm erlaubt war",
  "it does not run commands ({message})": "der Server führt keine Befehle aus ({message})",
  "it was asked for a channel and did not answer within {seconds} s":
    "der Server hat auf die Frage nach einem Kanal nicht innerhalb von {seconds} s geantwortet",
  "the connection ended": "die Verbindung endete",
  "the server hung up": "der Server hat aufgelegt",
  "{address} did not start {program} within {seconds} s. What runs at each login there (~/.bashrc, for example) may wait for something. Try “ssh {host} true” in a terminal.":
    "{address} hat {program} innerhalb von {seconds} s nicht gestartet. Vielleicht wartet dort etwas, das bei jeder Anmeldung läuft (zum Beispiel ~/.bashrc). Versuchen Sie „ssh {host} true“ in einem Terminal.",
  "{address} does not take files over SFTP ({message}). {advice}":
    "{address} nimmt keine Dateien über SFTP an ({message}). {advice}",
  "It allows no more sessions on one connection; raise MaxSessions in its sshd_config.":
    "Der Server erlaubt keine weiteren Sitzungen auf einer Verbindung; erhöhen Sie MaxSessions in seiner sshd_config.",
  "Something was printed before the first packet: let the account's shell print only on terminals (in ~/.bashrc, for example), or set “Subsystem sftp internal-sftp” in sshd_config.":
    "Vor dem ersten Paket kam eine Ausgabe: Lassen Sie die Shell des Kontos nur auf Terminals etwas ausgeben (zum Beispiel in ~/.bashrc) oder setzen Sie „Subsystem sftp internal-sftp“ in sshd_config.",
  "Turn on its sftp subsystem.": "Schalten Sie sein sftp-Subsystem ein.",
  "{address} allows no more sessions on one connection, and forbids forwarding. Raise MaxSessions in its sshd_config to 10, or allow forwarding (AllowStreamLocalForwarding).":
    "{address} erlaubt keine weiteren Sitzungen auf einer Verbindung und verbietet die Weiterleitung. Erhöhen Sie MaxSessions in seiner sshd_config auf 10 oder erlauben Sie die Weiterleitung (AllowStreamLocalForwarding).",
  "{address} does not connect to {socketPath}: no agent answers there, or forwarding is forbidden. The program {program} that could stand in is not there or may not be run.":
    "{address} verbindet nicht mit {socketPath}: Dort antwortet kein Agent, oder die Weiterleitung ist verboten. Das Programm {program}, das einspringen könnte, fehlt oder darf nicht ausgeführt werden.",
  "No agent answers at {socketPath} on {address}. Install or start the agent, or correct the path.":
    "Unter {socketPath} auf {address} antwortet kein Agent. Installieren oder starten Sie ihn oder korrigieren Sie den Pfad.",
  "{address} does not connect to {socketPath}, and {program} that could stand in ended.":
    "{address} verbindet nicht mit {socketPath}, und {program}, das einspringen könnte, wurde beendet.",
  "{address} does not connect to {socketPath}, and {program} that could stand in ended with code {exitCode}.":
    "{address} verbindet nicht mit {socketPath}, und {program}, das einspringen könnte, endete mit Code {exitCode}.",
  "The agent speaks version {version} of the admin API, this app version {own}. Update the agent.":
    "Der Agent spricht Version {version} der Admin-API, diese App Version {own}. Aktualisieren Sie den Agenten.",
  "The agent speaks version {version} of the admin API, this app version {own}. Update this app.":
    "Der Agent spricht Version {version} der Admin-API, diese App Version {own}. Aktualisieren Sie diese App.",
  "The agent closed the event stream as soon as it had opened it.":
    "Der Agent hat den Event-Stream geschlossen, sobald er ihn geöffnet hatte.",
  "The agent did not finish a line of its event stream within {seconds} s.":
    "Der Agent hat eine Zeile seines Event-Streams nicht innerhalb von {seconds} s beendet.",
  "{place} answers the event stream with status {status}.": "{place} beantwortet den Event-Stream mit Status {status}.",
  "The reply from {place} is longer than any agent's: more than {longest} bytes.":
    "Die Antwort von {place} ist länger als die eines Agenten: mehr als {longest} Bytes.",
} as const;
