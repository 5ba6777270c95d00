"""Drives the console's window as a person with assistive technology does: by role and name."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pyatspi

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/clients"))
import support  # noqa: E402

BUTTONS = ("push button", "toggle button", "check box", "radio button", "link", "list item", "menu item",
           "page tab", "combo box", "switch", "tab", "button")
NAVIGATION_WIDTH, TOP_BAR_HEIGHT = 230, 44


class NotFound(AssertionError):
    """Nothing on the screen has that role and name."""


class Window:
    """The console in a process of its own, on a data folder of its own."""

    def __init__(self, folder, *flags):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "console.log"
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        env = {
            **os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_STATE_HOME": str(home / "state"),
        }
        env.pop("WAYLAND_DISPLAY", None)
        self.process = subprocess.Popen(
            [support.binary(), *flags], env=env, stdin=subprocess.DEVNULL,
            stdout=open(self.log, "ab"), stderr=subprocess.STDOUT,
        )
        self.application = None
        self.wait(self._appear, 60, "the window did not appear")

    def _appear(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the console ended: {self.logged()[-3000:]}")
        for application in pyatspi.Registry.getDesktop(0):
            if application and application.get_process_id() == self.process.pid and application.childCount:
                self.application = application
                return True
        return False

    def logged(self):
        return self.log.read_text(errors="replace")

    def end(self):
        """Asks the program to end, as a session that closes does. Returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def wait(self, ready, seconds, otherwise):
        """Polls until `ready` answers something, and returns it."""
        until = time.monotonic() + seconds
        while True:
            found = ready()
            if found:
                return found
            if time.monotonic() > until:
                raise NotFound(otherwise if isinstance(otherwise, str) else otherwise())
            time.sleep(0.05)

    def nodes(self):
        """Everything that is shown, in drawing order."""
        stack = [self.application]
        while stack:
            node = stack.pop()
            try:
                children = [node.getChildAtIndex(at) for at in range(node.childCount)]
                yield node
            except Exception:  # Gone between two calls.
                continue
            stack += [child for child in reversed(children) if child]

    def tree(self):
        """What is shown, as text: for the message of a failed test."""
        lines = []
        for node in self.nodes():
            try:
                lines.append(f"{node.getRoleName()}: {node.name!r}")
            except Exception:
                continue
        return "\n".join(lines)

    def find_now(self, name, roles=None, nth=0):
        matches = (lambda text: bool(name.search(text))) if isinstance(name, re.Pattern) else (lambda text: text == name)
        found = []
        for node in self.nodes():
            try:
                if roles and node.getRoleName() not in roles:
                    continue
                if matches(node.name or ""):
                    found.append(node)
            except Exception:  # Gone between two calls.
                continue
        # Dialogs are drawn last, so -1 is the one on top.
        return found[nth] if -len(found) <= nth < len(found) else None

    def find(self, name, roles=None, nth=0, seconds=15):
        return self.wait(
            lambda: self.find_now(name, roles, nth), seconds,
            lambda: f"no {roles or 'node'} named {name!r} in\n{self.tree()}",
        )

    def shows(self, text, seconds=15):
        """Waits until a text stands somewhere in the window."""
        pattern = text if isinstance(text, re.Pattern) else re.compile(re.escape(text))
        return self.find(pattern, seconds=seconds)

    def gone(self, name, roles=None, seconds=15):
        self.wait(lambda: self.find_now(name, roles) is None, seconds, lambda: f"{name!r} is still there")

    def click(self, name, roles=BUTTONS, nth=0, seconds=15):
        node = self.find(name, roles, nth, seconds)
        self.press(node)
        return node

    def go(self, page):
        """Chooses a page in the navigation, at the left edge."""
        def there():
            frame = self.application.getChildAtIndex(0).queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
            for node in self.nodes():
                try:
                    if node.name != page or node.getRoleName() not in BUTTONS:
                        continue
                    area = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
                except Exception:
                    continue
                if area.x - frame.x < NAVIGATION_WIDTH and area.y - frame.y > TOP_BAR_HEIGHT:
                    return node
            return None
        self.press(self.wait(there, 15, lambda: f"no page {page!r} in\n{self.tree()}"))

    def press(self, node):
        action = node.queryAction()
        names = [action.getName(at) for at in range(action.nActions)]
        action.doAction(names.index("click") if "click" in names else 0)
        time.sleep(0.15)

    def point(self, name, roles=None, nth=0):
        """Clicks with the mouse, where a node is."""
        node = self.find(name, roles, nth)
        area = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        subprocess.run(["xdotool", "mousemove", str(area.x + area.width // 2), str(area.y + area.height // 2),
                        "click", "1"], check=True)
        time.sleep(0.2)

    def write(self, name, text, nth=0):
        """Puts a text into the field of a name."""
        node = self.find(name, ("entry", "text", "password text", "editbar", "spin button"), nth)
        node.queryEditableText().setTextContents(text)
        time.sleep(0.15)
        return node

    def type(self, text):
        """Types into what has the focus."""
        subprocess.run(["xdotool", "type", "--delay", "8", text], check=True)
        time.sleep(0.2)

    def key(self, *keys):
        subprocess.run(["xdotool", "key", *keys], check=True)
        time.sleep(0.2)

    def choose_file(self, button, field, path):
        """Chooses a file by the desktop's dialog, or by its path where there is no dialog."""
        pathlib.Path(os.environ["POOLHOUSE_CHOSEN"]).write_text(str(path))
        self.click(button)
        time.sleep(1)
        if self.find_now(field):
            self.write(field, str(path))
            self.click("Use this file")

    def screenshot(self, path, area=None):
        command = ["import", "-silent", "-window", "root"]
        if area:
            command += ["-crop", f"{area.width}x{area.height}+{area.x}+{area.y}", "+repage"]
        subprocess.run([*command, str(path)], check=True)
        return pathlib.Path(path)
