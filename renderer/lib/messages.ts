/** What each failure is called, and what to do next. Does not compile while one is missing. */
import { t, type PlainMessage } from "../../main/language/translate.ts";
import type { FailureCode } from "../../main/contract/failures.ts";

interface Told<Text> {
  title: Text;
  next: Text;
  /** Label of the button that does it, where the screen has one. */
  action: Text;
}

function tell(title: PlainMessage, next: PlainMessage, action: PlainMessage = "Try again"): Told<PlainMessage> {
  return { title, next, action };
}

export function messageFor(code: FailureCode): Told<string> {
  const { title, next, action } = MESSAGES[code];
  return { title: t(title), next: t(next), action: t(action) };
}

const MESSAGES: Record<FailureCode, Told<PlainMessage>> = {
  "request.malformed": tell(
    "The agent did not understand the request",
    "This is a fault of the app; copy the details and report it.",
  ),
  "request.browser": tell(
    "The agent refused the request",
    "The admin socket does not answer browsers. Connect directly.",
  ),
  "request.unknown-path": tell("The agent does not know this call", "It may be older than this app; update the agent."),
  "request.method": tell("The agent does not know this call", "It may be older than this app; update the agent."),
  "request.too-large": tell("This is too large for the agent", "Shorten it. A configuration may have up to 8 MB."),
  "not-found": tell(
    "It is no longer there",
    "Somebody may have removed it; look at the server as it is now.",
    "Show the server",
  ),
  "maintenance.already": tell("The site is already in maintenance", "Look at the maintenance that is on.", "Show it"),
  "maintenance.reverted": tell("The site is already live again", "There is nothing left to do.", "Show the overview"),
  "maintenance.conflict": tell(
    "Somebody changed the configuration in between",
    "Nothing was overwritten. Look at the server and decide what should stay.",
    "Show the server",
  ),
  "stage.held": tell(
    "Somebody is about to switch sites on this server",
    "Nothing was changed. It expires within minutes; the details say whose it is.",
  ),
  "stage.ended": tell("The prepared switch is no longer held", "Nothing was changed here. Prepare it again."),
  "window.state": tell(
    "This cannot be done with the window right now",
    "Nothing was changed. Check what the window is doing now.",
  ),
  "hook.missing": tell(
    "The web server does not ask the agent",
    "Nothing was changed. Prepare the web server again; the details say which site and listener.",
  ),
  "hook.drift": tell(
    "The web server's configuration has changed",
    "Nothing was written. Look at the new plan.",
    "Look again",
  ),
  "hook.failed": tell(
    "The web server was left as it was",
    "Every file is as it was before. The details say what it reported.",
  ),
  "exception.unsupported": tell(
    "This web server cannot decide the exception",
    "Nothing was changed. Choose another exception; the details say which are possible.",
  ),
  "import.unusable": tell(
    "This configuration cannot be imported",
    "Nothing was changed. Correct the file, or choose another one.",
  ),
  "switch.unobserved": tell(
    "Not all visitors would have seen the page",
    "The agent looked as a visitor does and took the change back. The details say what answered.",
  ),
  "window.stale": tell(
    "Somebody changed the window in between",
    "Nothing was overwritten. Back to the wizard as it is now.",
    "Look again",
  ),
  "config.stale": tell(
    "Somebody changed the configuration in between",
    "Nothing was overwritten. Look at the plan again with the configuration as it is now.",
    "Look again",
  ),
  "config.invalid": tell("This configuration is not valid", "Nothing was changed. Correct the fields named below."),
  "config.bind": tell(
    "A listener cannot be opened",
    "Nothing was changed. Choose a free port, or stop the program that has it.",
  ),
  "options.invalid": tell("These options are not valid", "Nothing was changed. Correct the fields named below."),
  "if-match.required": tell(
    "The agent needs to know which configuration is meant",
    "This is a fault of the app; copy the details and report it.",
  ),
  "hand-over.failed": tell(
    "The agent could not hand over",
    "The running agent continues as before. The details say what the new one reported.",
  ),
  "agent.stopping": tell("The agent is stopping", "Wait until it is back."),
  "agent.busy": tell("The agent has too many calls at once", "Nothing was changed. Try again in a moment."),
  "store.failed": tell(
    "The agent cannot save",
    "Nothing was changed. Free space on its disk, or fix the permissions of its state directory.",
  ),
  internal: tell("Something went wrong", "As far as is known, nothing was changed. Copy the details and report it."),
  "change.declined": tell("Not confirmed", "Nothing was changed."),
  "ipc.input": tell("The app rejected its own request", "This is a fault of the app; copy the details and report it."),
  "file.unusable": tell("This file cannot be used", "Nothing was changed. Choose another file, or correct this one."),
  "ipc.sender": tell("The app refused its own page", "Restart the app."),
  "server.unknown": tell("This server is no longer in the list", "Go back to the overview.", "Show the overview"),
  "server.duplicate": tell("This server is already in the list", "Use the entry that is there."),
  "server.unreachable": tell(
    "The server does not answer",
    "Backsoon keeps trying; what you see is what was last observed.",
  ),
  "server.silent": tell("The server has gone silent", "Reconnecting… Showing the last known state."),
  "server.agent-missing": tell(
    "There is no agent at this address",
    "Install it, or correct the path of its admin socket or program.",
  ),
  "server.socket-missing": tell(
    "There is no agent at this address",
    "Start the agent, or correct the path of its admin socket.",
  ),
  "server.socket-denied": tell("The admin socket belongs to another user", "Run the app as the agent's user."),
  "server.not-an-agent": tell("Something else answers there", "Correct the path of the admin socket."),
  "server.api-version": tell("The agent and the app do not speak the same API version", "Update the older one."),
  "ssh.config": tell("The SSH configuration cannot be used", "Correct the file and line named below."),
  "ssh.name-unknown": tell("This host name is unknown", "Check the spelling, and that this computer is online."),
  "ssh.refused": tell("The connection was refused", "Check the port, and that the SSH server is running."),
  "ssh.unreachable": tell("There is no route to this host", "Check the network or the VPN."),
  "ssh.timeout": tell("The host does not answer", "Check the address and the port; a firewall may drop the packets."),
  "ssh.command-timeout": tell(
    "A command on the server takes too long",
    "Look there what it waits for, then try again; what it printed is below.",
  ),
  "ssh.not-ssh": tell(
    "No SSH server answers there",
    "Check the port. If it is right, too many may be logging in at the moment.",
  ),
  "ssh.algorithms": tell(
    "The SSH server and this app have no algorithm in common",
    "Let the server offer another one; what it offers is named below.",
  ),
  "ssh.host-key-unknown": tell(
    "The host key was not accepted",
    "Compare the fingerprint with the server's, then connect again.",
  ),
  "ssh.host-key-changed": tell("The host key has changed", "Compare both fingerprints before you do anything else."),
  "ssh.host-key-revoked": tell("The host key is revoked", "Do not connect; ask whoever runs the server."),
  "ssh.host-key-authority": tell(
    "Host certificates are not supported",
    "Add the server's own host key to known_hosts.",
  ),
  "ssh.key-unreadable": tell("The key file cannot be used", "Choose another one, or fix the one named below."),
  "ssh.passphrase-wrong": tell("The passphrase is wrong", "Try again with the right one, or choose another key."),
  "ssh.agent-unavailable": tell("The SSH agent does not answer", "Start it, or choose a key file."),
  "ssh.auth-refused": tell(
    "The server did not let you in",
    "Check the user name and the key, or ask whoever runs the server.",
  ),
  "ssh.cancelled": tell("The login was cancelled", "Connect again when you are ready."),
  "ssh.forwarding-forbidden": tell(
    "The jump host forbids forwarding",
    "Enable AllowTcpForwarding there, or use another route.",
  ),
  "ssh.dial-failed": tell(
    "The agent's program did not answer",
    "SSH forwarding is not allowed there, and the fallback failed too. See the details.",
  ),
  "ssh.no-sftp": tell("The server does not accept files", "Enable its SFTP subsystem, or install the agent by hand."),
  "fleet.unknown": tell(
    "This operation is no longer kept",
    "Look at the servers as they are now.",
    "Show the overview",
  ),
  "fleet.busy": tell("This operation is still running", "Wait until it has finished."),
  "windows.partial": tell(
    "The window is not the same on all of its servers",
    "The schedule shows it as incomplete: finish it there, or remove it.",
    "Show the schedule",
  ),
  "install.unsupported": tell("The agent cannot be installed there", "The details say what is missing."),
  "install.failed": tell(
    "The installation stopped",
    "What was there before is still there. The details say what went wrong.",
  ),
  "uninstall.refused": tell("The agent cannot be uninstalled from here", "The details say why."),
  "uninstall.failed": tell(
    "The agent is not uninstalled yet",
    "The details say what went wrong. You can run it again.",
  ),
  "ssh.lost": tell("The SSH connection was lost", "Reconnecting… Showing the last known state."),
  "practice.failed": tell("The practice server does not run", "The details say what it reported.", "Start it again"),
  "reminder.over": tell("There is nothing left to do", "Somebody has already done it, or it happened automatically."),
  "settings.failed": tell(
    "The settings could not be saved",
    "Free space on the disk, or fix the permissions of the app's folder.",
  ),
};
