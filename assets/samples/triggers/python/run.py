"""Runs functions of a user pool on this machine.

    python3 run.py claims                                 the event on standard input, the answer on standard output
    python3 run.py --listen 127.0.0.1:9001 claims message a server that speaks the Lambda invoke protocol

With SIGNING_SECRET the server takes only calls that are signed with it.
"""

import argparse
import hashlib
import hmac
import http.server
import importlib
import json
import os
import sys
import time

# What PutFunction answered once, or the configuration file names. Without it anybody who reaches the
# server may call it.
SECRET = os.environ.get("SIGNING_SECRET", "")
# A call that was listened to must not be repeated for ever.
SECONDS = 300


def failure(reason):
    return {"errorMessage": str(reason), "errorType": type(reason).__name__}


def run_once(function):
    event = json.load(sys.stdin)
    try:
        json.dump(function(event, None), sys.stdout)
    except Exception as reason:
        json.dump(failure(reason), sys.stdout)
        return 1
    return 0


def is_signed(headers, body):
    """Tells whether the engine made this call, and lately."""
    sent_at = headers.get("Poolhouse-Timestamp", "")
    if not sent_at.isdecimal() or abs(time.time() - int(sent_at)) > SECONDS:
        return False
    mac = hmac.new(SECRET.encode(), sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest("v1=" + mac, headers.get("Poolhouse-Signature", ""))


def serve(functions, address):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if SECRET and not is_signed(self.headers, body):
                return self.answer(403, {"message": "The signature is not good"})
            event = json.loads(body)
            # /2015-03-31/functions/<name>/invocations
            function = functions.get(self.path.split("/")[3])
            if function is None:
                return self.answer(404, {"message": "Function not found"})
            try:
                self.answer(200, function(event, None))
            except Exception as reason:
                self.answer(200, failure(reason), ("X-Amz-Function-Error", "Unhandled"))

        def answer(self, status, body, *headers):
            body = json.dumps(body).encode()
            self.send_response(status)
            for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass  # Events hold passwords and codes.

    host, port = address.rsplit(":", 1)
    server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
    print(f"listening at http://{server.server_name}:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--listen", metavar="HOST:PORT")
    arguments.add_argument("function", nargs="+")
    given = arguments.parse_args()
    loaded = {name: importlib.import_module(name).lambda_handler for name in given.function}
    if given.listen:
        serve(loaded, given.listen)
    else:
        sys.exit(run_once(loaded[given.function[0]]))
