"""The compiler's version, as generated modules state it, and what `wfc --version` prints."""

VERSION = "0.1.0"


def described() -> str:
    """`wfc 0.1.0 (accelerated)`, or `(pure Python)` where the runtime is not compiled."""
    from wfc_runtime.accelerator import ACCELERATED

    return f"wfc {VERSION} ({'accelerated' if ACCELERATED else 'pure Python'})"
