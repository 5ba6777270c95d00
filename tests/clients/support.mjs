// A Poolhouse server of one's own, and the packages that setup.sh installed.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "poolhouse");
export const load = createRequire(path.join(cache, "node/package.json"));

const binary = process.env.POOLHOUSE_BIN || path.join(root, "target/debug/poolhouse");
export const region = "eu-west-1";
export const credentials = {
  accessKeyId: "AKIAPOOLHOUSETESTS00",
  secretAccessKey: "a-secret-of-the-tests-and-of-nothing-else",
};
export const password = "Correct-Horse-7";

/** Starts `poolhouse serve` on a free port; resolves once it tells its address. */
export function start(...flags) {
  const data = mkdtempSync(path.join(tmpdir(), "poolhouse-"));
  const child = spawn(
    binary,
    ["serve", "--listen", "127.0.0.1:0", "--data", data, "--access-key",
      `${credentials.accessKeyId}:${credentials.secretAccessKey}`, ...flags],
    { stdio: ["ignore", "pipe", openSync(path.join(data, "server.log"), "a")] },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (piece) => {
      output += piece;
      const found = output.match(/http:\/\/[0-9.:]+(?=[^]*\n)/);
      if (!found) return;
      const url = found[0];
      resolve({
        url,
        code: (to) =>
          execFileSync(binary, ["outbox", "--endpoint", url, "--to", to, "--last", "--code"], {
            encoding: "utf8",
            env: {
              ...process.env,
              AWS_ACCESS_KEY_ID: credentials.accessKeyId,
              AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
              AWS_REGION: region,
            },
          }).trim(),
        stop: async () => {
          child.kill("SIGTERM");
          const code = await ended;
          rmSync(data, { recursive: true, force: true });
          return code;
        },
      });
    });
    child.once("error", reject);
    ended.then((code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
}
