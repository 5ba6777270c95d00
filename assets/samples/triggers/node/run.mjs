// Runs functions of a user pool on this machine.
//
//     node run.mjs claims                                 the event on standard input, the answer on standard output
//     node run.mjs --listen 127.0.0.1:9001 claims message a server that speaks the Lambda invoke protocol

import { createServer } from "node:http";

const failure = (reason) => ({ errorMessage: reason.message, errorType: reason.name });

async function text(stream) {
  let whole = "";
  for await (const piece of stream.setEncoding("utf8")) whole += piece;
  return whole;
}

async function runOnce(handler) {
  const event = JSON.parse(await text(process.stdin));
  try {
    process.stdout.write(JSON.stringify(await handler(event)));
  } catch (reason) {
    process.stdout.write(JSON.stringify(failure(reason)));
    process.exitCode = 1;
  }
}

function serve(handlers, address) {
  const [host, port] = address.split(":");
  const server = createServer(async (request, response) => {
    const answer = (status, body, headers = {}) =>
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
    const event = JSON.parse(await text(request));
    // /2015-03-31/functions/<name>/invocations
    const handler = handlers.get(request.url.split("/")[3]);
    if (!handler) return answer(404, { message: "Function not found" });
    try {
      answer(200, await handler(event));
    } catch (reason) {
      answer(200, failure(reason), { "X-Amz-Function-Error": "Unhandled" });
    }
  });
  server.listen(Number(port), host, () => console.log(`listening at http://${host}:${server.address().port}`));
}

const names = process.argv.slice(2);
const listen = names[0] === "--listen" ? names.splice(0, 2)[1] : null;
const handlers = new Map();
for (const name of names) handlers.set(name, (await import(`./${name}.mjs`)).handler);
if (listen) serve(handlers, listen);
else await runOnce(handlers.get(names[0]));
