"""Processes that a script starts, all of which end with it: also those that they have started, and that have gone into
the background."""

import contextlib
import ctypes
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PR_SET_CHILD_SUBREAPER = 36


class Trouble(Exception):
    """What ends the script, said in one line."""


class Gone(Exception):
    """A process that is waited for has ended."""


class Ended(BaseException):
    """A signal told the script to end."""


def say(text):
    print(text, flush=True)


def free_ports(count):
    """Ports that nobody has on any address of this machine, below those that the system hands out by itself."""
    found = []
    with contextlib.ExitStack() as held:
        for port in random.sample(range(20000, 32000), 1000):
            probe = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                probe.bind(("0.0.0.0", port))
                found.append(port)
            if len(found) == count:
                return found
    raise Trouble(f"{count} free ports were not found")


def until(what, is_true, seconds):
    """Waits until something is true, and returns what it was answered."""
    last, end = None, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            answer = is_true()
            if answer:
                return answer
        except (OSError, ValueError, Trouble) as error:
            last = error
        time.sleep(0.1)
    raise Trouble(f"it takes more than {seconds} s until {what}" + (f" ({last})" if last else ""))


def needed(*programs):
    """Refuses to go on where a program is missing."""
    names = {"/usr/sbin", "/sbin", *os.environ["PATH"].split(":")}
    os.environ["PATH"] = ":".join([*os.environ["PATH"].split(":"), "/usr/sbin", "/sbin"])
    missing = [program for program in programs if not shutil.which(program, path=":".join(names))]
    if missing:
        raise Trouble(f"this needs {', '.join(missing)}; the beginning of the script names Debian's packages")


class Process:
    """One that was started, in a group of its own."""

    def __init__(self, name, popen, log):
        self.name, self.popen, self.log = name, popen, log
        self.pid = popen.pid

    def is_running(self):
        return self.popen.poll() is None

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            self.popen.send_signal(number)

    def end(self, seconds=15):
        """SIGTERM, and SIGKILL for one that does not go. Returns its status."""
        self.signal(signal.SIGTERM)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.popen.wait()

    def kill(self):
        """SIGKILL to it and everything that it has started."""
        for pid in [*descendants(self.pid), self.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.popen.wait()

    def memory(self):
        """What it has in memory, in MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise Trouble(f"{self.name} is not running")

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def parents():
    """Each process of the machine, and its parent."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError):
                found[int(entry)] = int(Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[1])
    return found


def descendants(ancestor):
    """Everything that a process has started, and what that has started."""
    of, found, last = parents(), [], [ancestor]
    while last:
        last = [pid for pid, parent in of.items() if parent in last]
        found += last
    return found


class Processes:
    """All that a script has started, and the folder that their files are in."""

    def __init__(self, keep=False):
        self.keep, self.started = keep, []
        # Who loses their parent becomes ours.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, self._told)

    def _told(self, number, _):
        # Once: a second one would break off the ending.
        for other in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(other, signal.SIG_IGN)
        raise Ended(signal.Signals(number).name)

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="crewed-"))
        # Servers that are somebody else's have folders in it.
        self.folder.chmod(0o755)
        (self.folder / "logs").mkdir()
        threading.Thread(target=self._bury, daemon=True).start()
        return self

    def _bury(self):
        """Takes leave of processes that others have started and that have become ours. Until somebody does, they seem to
        run still: Patroni waits for its server to end."""
        seen = None
        while True:
            time.sleep(0.2)
            with contextlib.suppress(ChildProcessError):
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                pid = ended and ended.si_pid
                own = [process for process in self.started if process.pid == pid]
                if own:
                    own[0].popen.poll()
                elif pid and pid == seen:
                    # Whoever waits for it themselves has done so in the meantime.
                    os.waitpid(pid, os.WNOHANG)
                seen = pid

    def __exit__(self, kind, error, _):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        self._end_all()
        if error is not None and not isinstance(error, Ended):
            self._tell_logs()
        if self.keep:
            say(f"what they have written is in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _end_all(self):
        for process in reversed(self.started):
            process.signal(signal.SIGTERM)
        end = time.monotonic() + 3
        while time.monotonic() < end and any(process.is_running() for process in self.started):
            time.sleep(0.05)
        for _ in range(50):
            left = descendants(os.getpid())
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            if not left:
                return
            time.sleep(0.1)

    def _tell_logs(self):
        for process in self.started:
            if tail := process.tail():
                print(f"--- the last lines of {process.name}\n{tail}", file=sys.stderr, flush=True)

    def start(self, name, command, user=None, environment=None, folder=None):
        """Starts a program, as this user where the script is root's."""
        log = self.folder / "logs" / name
        output = log.open("ab")
        popen = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=folder or self.folder,
            start_new_session=True,
            **as_user(user),
        )
        output.close()
        process = Process(name, popen, log)
        self.started = [other for other in self.started if other.name != name] + [process]
        return process

    def run(self, command, user=None, environment=None, seconds=60):
        """Runs a program to its end, and returns what it prints."""
        words = [str(word) for word in command]
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            env={**os.environ, **(environment or {})},
            cwd=self.folder,
            **as_user(user),
        )
        if done.returncode:
            raise Trouble(f"{' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def make_folder(self, name, user=None, mode=0o755):
        folder = self.folder / name
        folder.mkdir(parents=True)
        folder.chmod(mode)
        if user and os.geteuid() == 0:
            shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
        return folder


def as_user(user):
    if user is None or os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def main(work, keep=False):
    """Runs the work of a script, ends what it has started, and exits: 0 where all is well."""
    try:
        with Processes(keep) as processes:
            work(processes)
    except (Trouble, Gone) as trouble:
        print(f"FAILED: {trouble}", file=sys.stderr)
        sys.exit(1)
    except Ended as ended:
        print(f"ended by {ended}", file=sys.stderr)
        sys.exit(130)
