"""How kernels are compiled: once per machine, releasing the GIL, counting no references (none of them allocates), and
not looking for indices below 0 (none of them has any), which takes a fifth of the time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba
from numba.core import ir, types
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import get_definition, guard
from numba.core.untyped_passes import RewriteDynamicRaises
from numba.extending import intrinsic

HERE = Path(__file__).parent
config: Any = numba.config

if (
    config.CACHE_DIR
):  # numba looks at the caller's file alone; another version of any kernel needs a folder of its own
    _sources = b"".join(file.read_bytes() for file in (*sorted(HERE.glob("*.py")), HERE.parent / "model.py"))
    config.CACHE_DIR = str(Path(config.CACHE_DIR) / sha256(_sources).hexdigest()[:12])


@contextmanager
def by_one_process() -> Iterator[None]:
    """Compiling takes a minute: who comes meanwhile waits, and finds the result."""
    if not config.CACHE_DIR:
        yield
        return
    folder = Path(config.CACHE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@intrinsic
def _from_start(_context: Any, index: Any) -> Any:
    """The same index as a number without a sign: numba counts others from the array's end where they are below 0."""
    signed = isinstance(index, types.Integer) and getattr(index, "signed", False)
    counted = types.uint64 if signed else index

    def same(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return context.cast(builder, given[0], index, counted)

    return counted(index), same


@register_pass(mutates_CFG=False, analysis_only=False)
class _FromStart(FunctionPass):
    """Hands every index of an array through _from_start."""

    _name = "indices_from_start"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        for block in state.func_ir.blocks.values():
            block.body = [line for old in block.body for line in _counted(state.func_ir, block.scope, old)]
        return True


def _counted(func_ir: Any, scope: Any, line: Any) -> list[Any]:
    """The statement, after those that its index takes."""
    asking = line.value if isinstance(line, ir.Assign) else line
    if not (isinstance(asking, ir.SetItem) or (isinstance(asking, ir.Expr) and asking.op == "getitem")):
        return [line]
    lines: list[Any] = []

    def new(value: Any) -> Any:
        variable = scope.redefine("$from_start", line.loc)
        lines.append(ir.Assign(value, variable, line.loc))
        func_ir._definitions[variable.name].append(value)
        return variable

    function = new(ir.Global("_from_start", _from_start, line.loc))
    index = guard(get_definition, func_ir, asking.index)
    if isinstance(index, ir.Expr) and index.op == "build_tuple":
        items = [new(ir.Expr.call(function, [item], (), line.loc)) for item in index.items]
        asking.index = new(ir.Expr.build_tuple(items, line.loc))
    else:
        asking.index = new(ir.Expr.call(function, [asking.index], (), line.loc))
    return [*lines, line]


class _Compiler(CompilerBase):
    """numba's own, with that pass."""

    def define_pipelines(self) -> list[Any]:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_FromStart, RewriteDynamicRaises)
        passes.finalize()
        return [passes]


_options: Any = {
    "cache": True,
    "nogil": True,
    "forceinline": True,
    "_nrt": False,
    "pipeline_class": _Compiler,
}
compiled: Any = numba.njit(
    **_options
)  # counting takes most of the time, handing sixty arrays on a third of the rest
