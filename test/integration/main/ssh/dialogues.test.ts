/** What servers ask while somebody logs in: only the password of the account is ever saved. */
import type ssh2 from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { FailureError } from "../../../../main/failures.ts";
import type { Failure } from "../../../../main/contract/failures.ts";
import type { PromptsQuestion } from "../../../../main/ssh/prompter.ts";
import { openSecrets } from "../../../../main/ssh/secrets.ts";
import { type Hostility, sendPacket, sshString, startHostileSshd } from "../../../support/ssh/hostile-sshd.ts";
import { logInTo, noKeychain, sshHost, testPerson } from "../../../support/ssh/ssh.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** Something to ask, and whether it is shown; the text before it. */
type Asked = [prompt: string, echo?: boolean, instructions?: string];

/** Asks one after the other in one dialogue, and lets in who gives these answers. */
function asks(questions: readonly Asked[], right: readonly string[]): NonNullable<Hostility["login"]> {
  return (attempt) => {
    if (attempt.method !== "keyboard-interactive") {
      attempt.reject(["keyboard-interactive"]);
      return;
    }
    const given: string[] = [];
    const next = (context: ssh2.KeyboardAuthContext) => {
      const question = questions[given.length];
      if (question === undefined) {
        if (given.join() === right.join()) context.accept();
        else context.reject(["keyboard-interactive"]);
        return;
      }
      const [prompt, echo = false, instructions = ""] = question;
      context.prompt([{ prompt, echo }], "", instructions, (answers) => {
        given.push(...answers);
        next(context);
      });
    };
    next(attempt);
  };
}

async function logIn(login: NonNullable<Hostility["login"]>, answers: Readonly<Record<string, string>>) {
  const sshd = await startHostileSshd({ login });
  open.push(sshd);
  const shown: PromptsQuestion[] = [];
  const saved = new Map<string, string>();
  const memory = openSecrets(noKeychain, () => undefined);
  const prompter = testPerson({
    secret: () => ({ secret: "correct horse", remember: true }),
    prompts: (question) => {
      shown.push(question);
      return question.prompts.map(({ text }) => answers[text] ?? "");
    },
  });
  const secrets = {
    ...memory,
    set: (account: string, secret: string) => {
      saved.set(account.split(":")[0] ?? "", secret);
      return memory.set(account, secret);
    },
  };
  let failure: Failure | undefined;
  try {
    (await logInTo([sshHost(sshd.port)], { prompter, secrets, loginMs: 5000 })).end();
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    failure = error.failure;
  }
  const texts = shown.map(({ prompts }) => prompts[0]?.text);
  return { failure, asked: prompter.asked.slice(1), texts, shown, saved: Object.fromEntries(saved) };
}

describe("a dialogue", () => {
  it.each(["One-time password (OATH) for deploy:", "Password:", "Enter your OTP password", "Token password:"])(
    "has one password, which is saved; what follows is shown as the server says it: %s",
    async (second) => {
      const { failure, asked, texts, saved } = await logIn(
        asks([["Password: "], [second]], ["correct horse", "945643"]),
        { [second]: "945643" },
      );
      expect(failure).toBeUndefined();
      expect(asked).toEqual(["password", "1 prompts"]);
      expect(texts).toEqual([second]);
      expect(saved).toEqual({ password: "correct horse" });
    },
  );

  it.each<Asked>([
    ["One-time password:"],
    ["Verification code or password:"],
    ["Password:", false, "Enter the passcode that your token shows."],
    ["Passcode:"],
  ])("that begins with a code saves nothing: %s", async (...first) => {
    const { failure, asked, saved } = await logIn(asks([first], ["945643"]), { [first[0]]: "945643" });
    expect({ failure, asked, saved }).toEqual({ failure: undefined, asked: ["1 prompts"], saved: {} });
  });

  it("changes an expired password in the server's own words, and the old one is not saved", async () => {
    const expired = "WARNING: Your password has expired. You must change your password now.";
    const { failure, texts, shown, saved } = await logIn(
      asks(
        [["Password: "], ["Current password: ", false, expired], ["New password: "], ["Retype new password: "]],
        ["correct horse", "correct horse", "battery", "battery"],
      ),
      { "Current password: ": "correct horse", "New password: ": "battery", "Retype new password: ": "battery" },
    );
    expect(failure).toBeUndefined();
    expect(texts).toEqual(["Current password: ", "New password: ", "Retype new password: "]);
    expect(shown[0]?.instructions).toBe(expired);
    expect(saved).toEqual({});
  });

  it.each(["Password:", "deploy@web's password: ", "Password for deploy@web:", "LDAP Password: ", "Enter password"])(
    "asks for the password of the account: %s",
    async (prompt) => {
      const { failure, asked, saved } = await logIn(asks([[prompt]], ["correct horse"]), {});
      expect({ failure, asked, saved }).toEqual({
        failure: undefined,
        asked: ["password"],
        saved: { password: "correct horse" },
      });
    },
  );
});

describe("a password that has to be changed first (RFC 4252, section 8)", () => {
  it("is said so, in the server's own words", async () => {
    const USERAUTH_PASSWD_CHANGEREQ = 60;
    const { failure } = await logIn((attempt, connection) => {
      if (attempt.method !== "password") attempt.reject(["password"]);
      else
        sendPacket(
          connection,
          Buffer.concat([Buffer.from([USERAUTH_PASSWD_CHANGEREQ]), sshString("It is 90 days old."), sshString("")]),
        );
    }, {});
    expect(failure).toMatchObject({
      code: "ssh.auth-refused",
      message: expect.stringContaining("has to be changed first. The server says: It is 90 days old.") as string,
    });
  });
});
