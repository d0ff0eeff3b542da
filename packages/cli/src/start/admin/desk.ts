import { STATUS_CODES } from "node:http";
import { createServer, type Server, type Socket } from "node:net";

/** What is asked, as far as it matters here. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly accept: string;
}

/** What is answered: its kind, and its text. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export function text(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

/** Who connects and asks nothing, or takes no answer, gives its place to others after so long. */
const questionMs = 5_000;
const answerMs = 15_000;

/** A question is no longer: its first line, and its headers. */
const questionBytesMax = 8_192;
const questionEnd = "\r\n\r\n";

/**
 * Answers one question of HTTP a connection, and closes that. What comes behind the question is never read: Node's own
 * server handles all requests of a chunk at once, thousands of them, while whatever else the process does waits (ADR
 * 23).
 */
export function oneQuestionServer(answer: (question: Question) => Promise<Answer>): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    const late = setTimeout(() => socket.destroy(), questionMs);
    socket.once("close", () => clearTimeout(late));
    listen(socket, (head) => {
      clearTimeout(late);
      socket.setTimeout(answerMs, () => socket.destroy());
      void answered(head, answer).then((said) => socket.end(said, () => socket.destroy()));
    });
  });
}

/** Gives all up to the first empty line, and reads no more. */
function listen(socket: Socket, asked: (head: string) => void): void {
  let heard = Buffer.alloc(0);
  const hear = (bytes: Buffer): void => {
    heard = Buffer.concat([heard, bytes.subarray(0, questionBytesMax)]);
    const end = heard.indexOf(questionEnd);
    if (end >= 0) {
      socket.off("data", hear).pause();
      asked(heard.toString("latin1", 0, end));
    } else if (heard.length >= questionBytesMax) socket.destroy();
  };
  socket.on("data", hear).once("end", () => socket.destroy());
}

async function answered(head: string, answer: (question: Question) => Promise<Answer>): Promise<string> {
  const question = read(head);
  const { status, type, body } =
    question === null ? text(400, "this is no HTTP/1.1\n") : await answer(question);
  const fields = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "Connection: close",
  ];
  return `${fields.join("\r\n")}${questionEnd}${question?.method === "HEAD" ? "" : body}`;
}

/** Null: that is no question. */
function read(head: string): Question | null {
  const [first = "", ...fields] = head.split("\r\n");
  const [, method, path] = /^([A-Z]+) ([^ ?]+)[^ ]* HTTP\/1\.[01]$/.exec(first) ?? [];
  if (method === undefined || path === undefined) return null;
  const accepted = fields.flatMap((field) => /^accept:(.*)$/i.exec(field)?.[1] ?? []);
  return { method, path, accept: accepted.join() };
}
