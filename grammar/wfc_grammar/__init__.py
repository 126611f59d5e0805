"""The grammar of `${…}` expressions, as data."""

from importlib.resources import files

TEXT: str = files(__name__).joinpath("expression.lark").read_text(encoding="utf-8")
