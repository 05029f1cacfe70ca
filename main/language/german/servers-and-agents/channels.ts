/** Where a server sends its reminders, and its status pages. */
export const CHANNELS = {
  // The list
  Channels: "Kanäle",
  "Where reminders go besides this computer": "Wohin Erinnerungen außer an diesen Computer gehen",
  "Add a channel…": "Kanal hinzufügen …",
  "The server has to be connected.": "Der Server muss verbunden sein.",
  "Loading channels…": "Kanäle werden geladen …",
  "Nowhere yet. Add a chat room, a pager or a program on the server, so that somebody is told even when no laptop is open.":
    "Noch nirgends. Fügen Sie einen Chatraum, einen Pager oder ein Programm auf dem Server hinzu, damit jemand es erfährt, auch wenn kein Laptop offen ist.",
  "The test has arrived.": "Der Test ist angekommen.",
  "The test did not arrive: {why}": "Der Test kam nicht an: {why}",
  "no reason was given": "kein Grund genannt",
  "It could not be tested: {why}": "Der Test war nicht möglich: {why}",
  "runs {program}": "führt {program} aus",
  "E-mail to {addresses}, through {server}": "E-Mail an {addresses}, über {server}",
  "{service}, page {page}": "{service}, Seite {page}",
  "{service}, page {page}, {count, number} open": "{service}, Seite {page}, {count, number} offen",
  "{service}, at {address}": "{service}, unter {address}",
  "{service}, at {address}, signed": "{service}, unter {address}, signiert",
  "Not changed: {why}": "Nicht geändert: {why}",
  "Send a test to {name}": "Test an {name} senden",
  "Send a test": "Test senden",
  "Change {name}": "{name} ändern",
  "Remove {name}": "{name} entfernen",
  "Remove the channel {name}?": "Den Kanal {name} entfernen?",
  "The agent forgets its API key.": "Der Agent vergisst den API-Schlüssel.",
  "{count, plural, one {# open maintenance stays} other {# open maintenances stay}} on the page: close it there.":
    "{count, plural, one {# offene Wartung bleibt} other {# offene Wartungen bleiben}} auf der Seite: Schließen Sie sie dort.",
  "The agent forgets its address and its secret. Reminders are no longer sent there.":
    "Der Agent vergisst Adresse und Geheimnis. Dorthin werden keine Erinnerungen mehr gesendet.",

  // A channel
  "Add a channel on {server}": "Kanal auf {server} hinzufügen",
  "The agent sends its reminders there itself. Addresses, secrets and passwords stay on the server and are never shown again.":
    "Der Agent sendet seine Erinnerungen selbst dorthin. Adressen, Geheimnisse und Passwörter bleiben auf dem Server und werden nie wieder angezeigt.",
  "Like ops or on-call.": "Etwa ops oder bereitschaft.",
  Service: "Dienst",
  Program: "Programm",
  "Name of an executable file in hooks/ of the agent's state directory; somebody with access to the server puts it there.":
    "Name einer ausführbaren Datei in hooks/ im Zustandsverzeichnis des Agenten; jemand mit Zugang zum Server legt sie dort ab.",
  "Server name in messages": "Servername in Nachrichten",
  "Empty: the server's own host name.": "Leer: der eigene Hostname des Servers.",
  Add: "Hinzufügen",
  "Leave it empty to keep the address, at {origin}.": "Leer lassen, um die Adresse zu behalten, unter {origin}.",
  Secret: "Geheimnis",
  "Leave it empty to keep the secret. It signs what is sent.":
    "Leer lassen, um das Geheimnis zu behalten. Es signiert, was gesendet wird.",
  "It signs what is sent, so that the other side can check it. Optional.":
    "Es signiert, was gesendet wird, damit die Gegenseite es prüfen kann. Optional.",
  "Remove the secret": "Geheimnis entfernen",
  "Several with commas between them.": "Mehrere mit Kommas dazwischen.",
  "An address the mail server lets this user send from.":
    "Eine Adresse, von der der Mailserver diesen Benutzer senden lässt.",
  "Mail server": "Mailserver",
  Encryption: "Verschlüsselung",
  "Without it a password is sent to this machine alone.": "Ohne sie wird ein Passwort nur an diese Maschine gesendet.",
  "STARTTLS (port 587)": "STARTTLS (Port 587)",
  "TLS (port 465)": "TLS (Port 465)",
  "Empty: without a login.": "Leer: ohne Anmeldung.",
  Password: "Passwort",
  "Leave it empty to keep the password.": "Leer lassen, um das Passwort zu behalten.",
  "One without two-factor login.": "Einer ohne Zwei-Faktor-Anmeldung.",
  "API key": "API-Schlüssel",
  "Leave it empty to keep it.": "Leer lassen, um ihn zu behalten.",
  "Status page": "Statusseite",
  "Page ID": "Seiten-ID",
  "Its slug, as in /status/main.": "Ihr Slug, wie in /status/main.",
  Monitors: "Monitore",
  Components: "Komponenten",
  "IDs of what is under maintenance meanwhile, with commas between them. Optional.":
    "IDs dessen, was währenddessen in Wartung ist, mit Kommas dazwischen. Optional.",
  "IDs of virtual hosts, with commas between them. Empty: all.":
    "IDs virtueller Hosts, mit Kommas dazwischen. Leer: alle.",

  // Services
  "In Slack: your app, Incoming Webhooks, Add New Webhook.": "In Slack: Ihre App, Incoming Webhooks, Add New Webhook.",
  "In Teams: Workflows, “Send webhook alerts to a channel”. Connectors of Office 365 are retired.":
    "In Teams: Workflows, „Webhookwarnungen an einen Kanal senden“. Connectors von Office 365 sind eingestellt.",
  "E-mail": "E-Mail",
  "Through your mail server or your provider's.": "Über Ihren Mailserver oder den Ihres Anbieters.",
  "In Discord: the channel's settings, Integrations, Webhooks.":
    "In Discord: Kanaleinstellungen, Integrationen, Webhooks.",
  "In Mattermost: Integrations, Incoming Webhooks.": "In Mattermost: Integrationen, Eingehende Webhooks.",
  "The address ends with the topic. A protected one needs ?auth= at its end.":
    "Die Adresse endet mit dem Thema. Ein geschütztes braucht ?auth= am Ende.",
  "@BotFather gives the token. Add the bot to the chat.":
    "@BotFather gibt das Token. Fügen Sie den Bot dem Chat hinzu.",
  "Other chat (text)": "Anderer Chat (Text)",
  "Posts {body}, as Rocket.Chat takes it.": "Sendet {body}, wie Rocket.Chat es annimmt.",
  "Your own service (JSON)": "Ihr eigener Dienst (JSON)",
  "Posts all fields of a reminder.": "Sendet alle Felder einer Erinnerung.",
  "Opens a maintenance on your status page once the site was seen to be closed, and closes it again.":
    "Öffnet eine Wartung auf Ihrer Statusseite, sobald die Website als geschlossen beobachtet wurde, und schließt sie wieder.",
  "Opens a maintenance on your status page once the site was seen to be closed, and ends it again.":
    "Öffnet eine Wartung auf Ihrer Statusseite, sobald die Website als geschlossen beobachtet wurde, und beendet sie wieder.",
  "A program on the server": "Ein Programm auf dem Server",
  "Runs with the reminder as JSON on its input.": "Läuft mit der Erinnerung als JSON an seiner Eingabe.",

  // What is wrong in it
  "Enter the name of a file, without folders.": "Geben Sie den Namen einer Datei ein, ohne Ordner.",
  "A secret needs at least {count} characters.": "Ein Geheimnis braucht mindestens {count} Zeichen.",
  "Use letters, digits and hyphens.": "Verwenden Sie Buchstaben, Ziffern und Bindestriche.",
  "A channel with this name already exists: change that one, or use another name.":
    "Einen Kanal mit diesem Namen gibt es schon: Ändern Sie ihn, oder nehmen Sie einen anderen Namen.",
  "Enter the address that reminders are posted to.": "Geben Sie die Adresse ein, an die Erinnerungen gesendet werden.",
  "Enter an address that starts with https:// or http://.":
    "Geben Sie eine Adresse ein, die mit https:// oder http:// beginnt.",
  "Enter the name of the mail server, like smtp.example.com.":
    "Geben Sie den Namen des Mailservers ein, etwa smtp.example.com.",
  "Enter a number from 1 to 65535, or nothing.": "Geben Sie eine Zahl von 1 bis 65535 ein, oder nichts.",
  "Enter the user the password belongs to.": "Geben Sie den Benutzer ein, zu dem das Passwort gehört.",
  "Enter the password again: it would go to another server or user.":
    "Geben Sie das Passwort noch einmal ein: Es ginge sonst an einen anderen Server oder Benutzer.",
  "Enter the password of this user.": "Geben Sie das Passwort dieses Benutzers ein.",
  "Enter an address like backsoon@example.com.": "Geben Sie eine Adresse ein, etwa backsoon@example.com.",
  "Enter whom to write to.": "Geben Sie ein, an wen geschrieben wird.",
  "“{text}” is no address. Use commas between several.":
    "„{text}“ ist keine Adresse. Setzen Sie Kommas zwischen mehrere.",
  "Enter the user that logs in.": "Geben Sie den Benutzer ein, der sich anmeldet.",
  "Enter the slug of the status page, letters and digits.":
    "Geben Sie den Slug der Statusseite ein, Buchstaben und Ziffern.",
  "Enter the id of the page, letters and digits.": "Geben Sie die ID der Seite ein, Buchstaben und Ziffern.",
  "“{text}” is no id. Use commas between several.": "„{text}“ ist keine ID. Setzen Sie Kommas zwischen mehrere.",
  "Enter an API key of the page.": "Geben Sie einen API-Schlüssel der Seite ein.",
} as const;
