"""One command on a fresh machine: makes .venv from the hash-pinned locks, then does what is asked.

    python3 run.py demo          the whole house on this machine, with simulated benches
    python3 run.py demo-reset    forget what the demo has stored
    python3 run.py test          all tests this machine can run
    python3 run.py check         formatting, types, architecture; with options `stationmaster check`
    python3 run.py wheelhouse DIR   download every package for a machine without network
    python3 run.py ANYTHING ...  the same as `stationmaster ANYTHING ...`

Options before the command: --index-url URL (a package mirror), --offline --find-links DIR.
Only the standard library is used here, and the syntax of Python 3.6, so that an old Python can
still say that it is too old.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMPS = os.path.join(VENV, "stamp.json")
WINDOWS = os.name == "nt"
OLDEST = (3, 11)


def say(chinese: str, english: str) -> None:
    """One line for people, Chinese first; a console that can't show it gets the English."""
    text = chinese + "  " + english
    try:
        sys.stderr.write(text + "\n")
    except UnicodeEncodeError:
        sys.stderr.write(english + "\n")
    sys.stderr.flush()


def give_up(chinese: str, english: str) -> None:
    """Say why and end with 2."""
    say(chinese, english)
    raise SystemExit(2)


def check_python() -> None:
    """End with a plain sentence when this Python is too old."""
    have = ".".join(str(part) for part in sys.version_info[:2])
    if sys.version_info[:2] < OLDEST:
        give_up(
            f"需要 Python 3.11 或更新版本，当前是 {have}。请安装新版本后重试。",
            f"Python 3.11 or newer is needed, this is {have}.",
        )


def in_venv(name: str) -> str:
    """Path of a program inside .venv."""
    folder, ending = ("Scripts", ".exe") if WINDOWS else ("bin", "")
    return os.path.join(VENV, folder, name + ending)


def lock_of(wants_tests: bool) -> str:
    """The lock file a command needs."""
    return os.path.join(ROOT, "requirements-dev.lock" if wants_tests else "requirements.lock")


def lock_stamp(wants_tests: bool) -> str:
    """From which lock .venv must have been filled."""
    with open(lock_of(wants_tests), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def project_stamp() -> str:
    """By which project file .venv must know the project: it names commands and log readers."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def place_stamp() -> str:
    """By which Python and where .venv must have been made: its scripts name both."""
    return hashlib.sha256(f"{sys.version}|{ROOT}".encode()).hexdigest()


def read_stamps() -> "list[str]":
    """The stamps .venv carries; none when it is missing or half made."""
    try:
        with open(STAMPS, encoding="utf-8") as file:
            return list(json.load(file))
    except (OSError, ValueError, TypeError):
        return []


def write_stamps(stamps: "list[str]") -> None:
    """Note what .venv was made from."""
    with open(STAMPS, "w", encoding="utf-8") as file:
        json.dump(stamps, file)


def call(command: "list[str]", environment: "dict[str, str] | None" = None) -> bool:
    """Run a command and tell whether it succeeded; Ctrl-C ends it without its own traceback."""
    try:
        child = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    except OSError:
        return False
    try:
        return child.wait() == 0
    except KeyboardInterrupt:
        if WINDOWS:
            child.terminate()
        else:
            os.killpg(child.pid, signal.SIGTERM)
        child.wait()
        raise


def make_venv() -> None:
    """An empty .venv with pip in it."""
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        os.makedirs(VENV)
    except OSError as refused:
        give_up(
            f"无法写入 {ROOT}：{refused}。请把项目放到可写的文件夹。",
            f"Can't write to {ROOT}.",
        )
    if call([sys.executable, "-m", "venv", VENV]):
        return
    uv = shutil.which("uv")
    if uv and call([uv, "venv", "--seed", "--clear", "--python", sys.executable, VENV]):
        return
    give_up(
        "无法创建虚拟环境。Debian/Ubuntu 请先运行：apt-get install python3-venv",
        "Can't make a virtual environment; on Debian/Ubuntu: apt-get install python3-venv",
    )


def mirror() -> str:
    """A package mirror set for pip, which uv would not look at."""
    if os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL"):
        return ""
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"]
    command = [in_venv("python"), "-m", "pip", "config", "get", "global.index-url"]
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return said.stdout.decode("utf-8", "replace").strip()


def sources(options: "dict[str, str]", for_uv: bool) -> "list[str]":
    """Where packages come from, in the words of uv or pip."""
    words: "list[str]" = []
    index = options.get("index-url") or (mirror() if for_uv and "offline" not in options else "")
    if index:
        words += ["--default-index" if for_uv else "--index-url", index]
    if "find-links" in options:
        words += ["--find-links", options["find-links"]]
    if "offline" in options:
        words += ["--no-index"]
    return words


def find_uv(options: "dict[str, str]") -> str:
    """Path of uv: this machine's, or one fetched by its own lock; "" when it can't be had."""
    found = shutil.which("uv")
    if found:
        return found
    pip = [in_venv("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    lock = os.path.join(ROOT, "requirements-uv.lock")
    done = call([*pip, "--require-hashes", "-r", lock, *sources(options, for_uv=False)])
    return in_venv("uv") if done else ""


def install(wants_tests: bool, options: "dict[str, str]") -> None:
    """Fill .venv from the lock, by uv where it can be had, else by pip."""
    lock, python = lock_of(wants_tests), in_venv("python")
    uv = find_uv(options)
    say("② 安装依赖（首次约需 10 秒到几分钟）……", "Installing the locked packages …")
    done = bool(uv) and call(
        [
            *(uv, "pip", "install", "--python", python, "--require-hashes", "-r", lock),
            *sources(options, for_uv=True),
        ]
    )
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    if not done:
        done = call([*pip, "--require-hashes", "-r", lock, *sources(options, for_uv=False)])
    if not done:
        give_up(
            "依赖安装失败。没有外网时用 --index-url 镜像，或 --offline --find-links 离线包目录。",
            "Installing failed; try --index-url MIRROR or --offline --find-links DIR.",
        )


def install_project() -> None:
    """Make .venv know the project's command and its log readers; needs no network."""
    # a convenience: `run.py WORD` works without it
    pip = [in_venv("python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    call([*pip, "--no-deps", "--no-build-isolation", "--no-index", "-e", ROOT])


def ensure_venv(wants_tests: bool, options: "dict[str, str]") -> None:
    """Make .venv match the lock; does nothing when it already does."""
    wanted, place, stamps = lock_stamp(wants_tests), place_stamp(), read_stamps()
    is_alive = place in stamps and os.path.exists(in_venv("python"))
    if wanted in stamps and is_alive:
        if project_stamp() not in stamps:
            install_project()
            write_stamps([place, project_stamp(), lock_stamp(False), wanted])
        return
    say("① 准备 Python 环境 .venv ……", "Preparing .venv …")
    if is_alive and call([in_venv("python"), "-c", ""]):
        os.remove(STAMPS)  # until it is filled again, it is half made
    else:
        make_venv()
    install(wants_tests, options)
    install_project()
    # the test lock holds everything the other one does
    write_stamps([place, project_stamp(), lock_stamp(False), wanted])


def wheelhouse(arguments: "list[str]", options: "dict[str, str]") -> None:
    """Download every locked package into a folder for `--offline --find-links`."""
    if len(arguments) != 1:
        give_up("用法：run.py wheelhouse 目录", "usage: run.py wheelhouse DIR")
    folder = os.path.abspath(arguments[0])
    pip = [in_venv("python"), "-m", "pip", "download", "--require-hashes", "-d", folder]
    for name in ("requirements-uv.lock", "requirements-dev.lock"):
        lock = os.path.join(ROOT, name)
        if not call([*pip, "-r", lock, *sources(options, for_uv=False)]):
            give_up("下载失败。", "Downloading failed.")


CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("python", "-m", "pytest", "-q", "tests/house"),
)


def side_by_side() -> "list[str]":
    """How the full run uses the cores; a run of chosen tests stays in one process."""
    # tests wait as much as they work, so one more than there are cores
    processes = min((os.cpu_count() or 1) + 1, 4)
    return ["-n", str(processes), "--no-loadscope-reorder"]


def become(command: "list[str]") -> None:
    """Turn into another program, so that Ctrl-C and the exit code are its own."""
    # file arguments mean the folder the command was given in; what is stored has one place
    os.environ.setdefault("STATIONMASTER_VAR", os.path.join(ROOT, "var"))
    os.environ["PYTHONUTF8"] = "1"
    os.environ["PYTHONPATH"] = os.pathsep.join([ROOT, os.environ.get("PYTHONPATH", "")]).strip(
        os.pathsep
    )
    if not WINDOWS:
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        try:
            raise SystemExit(child.wait())
        except KeyboardInterrupt:  # the child got it too and is tidying up
            continue


def parse(arguments: "list[str]") -> "tuple[dict[str, str], list[str]]":
    """Our own options stand before the command; everything behind it belongs to the command."""
    options: "dict[str, str]" = {}
    rest = list(arguments)
    while rest and rest[0].startswith("--") and rest[0] != "--help":
        name, _, value = rest.pop(0)[2:].partition("=")
        if name not in ("offline", "index-url", "find-links"):
            give_up(f"不认识的选项 --{name}", f"unknown option --{name}")
        if name != "offline" and not value:
            if not rest:
                give_up(f"选项 --{name} 需要一个值", f"option --{name} needs a value")
            value = rest.pop(0)
        # we work in ROOT, a path is meant from where the user stands
        is_folder = name == "find-links" and os.path.isdir(value)
        options[name] = os.path.abspath(value) if is_folder else value or "yes"
    return options, rest


def main() -> None:
    """Prepare .venv and hand over."""
    check_python()
    options, rest = parse(sys.argv[1:])
    if not rest or rest[0] in ("-h", "--help"):
        sys.stdout.write(__doc__ or "")
        return
    word, arguments = rest[0], rest[1:]
    ensure_venv(word == "test" or rest == ["check"], options)
    if word == "wheelhouse":
        wheelhouse(arguments, options)
    elif word == "test":
        os.chdir(ROOT)
        become([in_venv("python"), "-m", "pytest", "-ra", *(arguments or side_by_side())])
    elif word == "check" and not arguments:  # with options it is `stationmaster check`
        failed = [
            " ".join(check)
            for check in CHECKS
            if not call([in_venv(check[0]), *check[1:]], dict(os.environ, PYTHONUTF8="1"))
        ]
        if failed:
            give_up("未通过：" + "；".join(failed), "failed: " + ", ".join(failed))
    else:
        become([in_venv("python"), "-m", "stationmaster", *rest])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        say("已中断，再次运行会继续。", "Interrupted; run it again to go on.")
        sys.exit(130)
