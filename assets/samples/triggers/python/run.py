"""Runs functions of a user pool on this machine.

    python3 run.py claims                                 the event on standard input, the answer on standard output
    python3 run.py --listen 127.0.0.1:9001 claims message a server that speaks the Lambda invoke protocol
"""

import argparse
import http.server
import importlib
import json
import sys


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


def serve(functions, address):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
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
