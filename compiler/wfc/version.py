"""The compiler's version, as `wfc --version` prints it and generated modules state it."""

VERSION = "0.1.0"
