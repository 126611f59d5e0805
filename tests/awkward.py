"""Names and texts that could do harm if a compiler took them for more than they are."""

from __future__ import annotations

import builtins
import keyword

NAMES = sorted(
    {
        *(word for word in keyword.kwlist if word not in ("True", "and", "in", "not", "or")),
        *keyword.softkwlist,
        *(name for name in dir(builtins) if name.isidentifier()),
        *("wf", "run", "workflow", "main", "order", "exc", "error", "retry", "next_step", "step"),
        *("result", "result_2", "class_", "class__", "wf_", "run_", "_", "__", "_1", "branch"),
        *("__class__", "__dict__", "__file__", "__init__", "__main__", "self", "cls", "args"),
        *("add", "copy", "each", "truth", "caught", "Value", "Run", "WorkflowError", "Any"),
        *("asyncio", "os", "sys", "json", "http", "text", "map", "list", "math", "time"),
        *("positions", "source", "sha256", "compiler", "parameters", "accounting", "command"),
    }
    - {"True", "False", "null", "main"}
)
"""Words that mean something to Python, to the generated module or to the runtime."""

ODD = [
    'say "hi"', "it's", '"""', "'''", '\\"""', "\\", "\\N{BULLET}", "\\u0041", "\\x41\\", "#",
    "# x",
    "*/", "-->", "a: b", "{x}", "{{7*7}}", "{{ x }}", "{% raw %}", "{# x #}", "%s", "%(x)s", "$x",
    "a\nb", "a\r\nb", "\n", "\ttab", " lead", "trail ", "", " ", "é", "ß", "名前", "😀", "a\u0301",
    "\u202eevil", "\u2066x\u2069", "\u2028", "\u2029", "\x85", "\x1b[2J", "\x7f", "\x00", "\x07",
    "\ufeff", "\u200b", "..", "../../etc", "C:\\x", "a/b", "end_", "null", "1", "1.5", "true", "-",
    "x" * 300, "=", "!", "&a", "*a", "|", ">", "@", "`", "?", "<<", "~", "[x]", "a,b", "· w.yaml:3",
]  # fmt: skip
"""Texts for names of steps, keys of maps, and values; none is an expression."""

MARK = "pwned"

HOSTILE = [
    f"__import__('os').system('{MARK}')",
    f'__import__("os").system("{MARK}")',
    f'"); raise SystemExit("{MARK}") #',
    f"'); raise SystemExit('{MARK}') #",
    f'"""\nraise SystemExit("{MARK}")\n"""',
    f"'''\nraise SystemExit('{MARK}')\n'''",
    f'\\"""\nraise SystemExit("{MARK}")',
    f"\nraise SystemExit('{MARK}')\n",
    f"\r\nraise SystemExit('{MARK}')\r",
    f"\x0craise SystemExit('{MARK}')",
    f"\u2028raise SystemExit('{MARK}')\u2029",
    f"\x85raise SystemExit('{MARK}')",
    f"\\\nraise SystemExit('{MARK}')",
    f"{{__import__('os').system('{MARK}')}}",
    f"{{{{7*7}}}}{MARK}",
    f"{{{{ cycler.__init__.__globals__.os.popen('{MARK}').read() }}}}",
    f"{{% for x in [1] %}}{MARK}{{% endfor %}}",
    f"{{# {MARK} #}}",
    f"%(x)s %s %d %% {MARK}",
    f"${{{{{MARK}",
    f"# type: ignore {MARK}",
    f"# fmt: off\n{MARK}",
    f"# -*- coding: utf-7 -*- {MARK}",
    f"+ADw-script+AD4-{MARK}",
    f"\\N{{LATIN SMALL LETTER A}}\\x41\\u0041\\101{MARK}",
    f"\\{MARK}",
    f"{MARK}\\",
    f"\u202e{MARK}\u2066",
    f"{MARK}\x00\x1b]0;x\x07",
    f"\ud800{MARK}",
]
"""Texts that would do something if any part of them were run, or taken for a template."""
