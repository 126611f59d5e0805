"""What a step does -> the call that does it: `step.command(…)`, `step.http(…)`, …

Only what was written and matters stands there: instances, storage and image caches are the
platform's own (spec 11 §1.6).
"""

from __future__ import annotations

import ast
from typing import assert_never

from wfc.lower_python import call, constant, mapping, texts
from wfc.peak import syntax
from wfc.peak.graph import Graph


def action(step: syntax.Step, graph: Graph) -> ast.expr:
    """The call, to be awaited."""
    match step.action:
        case syntax.Standard() as standard:
            return _command(standard, graph)
        case syntax.Http() as http:
            return _http(http, graph)
        case syntax.Sql(query, inputs):
            asked = _repository(query) if isinstance(query, syntax.Repository) else _text(query)
            return call("step.sql", asked, **_inputs(inputs, graph))
        case syntax.Export() as export:
            return _export(export)
        case _:
            assert_never(step.action)


def _command(standard: syntax.Standard, graph: Graph) -> ast.expr:
    keywords: dict[str, ast.expr] = {}
    match standard.image:
        case syntax.ExistingImage(id, version):
            keywords["image"] = constant(id)
            if version is not None:
                keywords["version"] = constant(version)
        case syntax.ImageReference(reference):
            keywords["image"] = _text(reference)
        case syntax.BuiltImage() | None:
            pass  # it has no name that `images.yaml` could know
        case _:
            assert_never(standard.image)
    if standard.timeout is not None:
        keywords["timeout"] = constant(standard.timeout)
    keywords |= _inputs(standard.inputs, graph)
    if standard.repository is not None:
        keywords["repository"] = _repository(standard.repository)
    if standard.outputs:
        keywords["outputs"] = mapping(
            {output.name.text: _text(output.file) for output in standard.outputs}
        )
    return call("step.command", _lines(standard.command.text), **keywords)


def _http(http: syntax.Http, graph: Graph) -> ast.expr:
    keywords: dict[str, ast.expr] = {}
    if http.payload is not None and http.method != "get":  # it is for all others (spec 11 §1.7)
        keywords["payload"] = _lines(http.payload.text)
    headers = {header.name.text: _text(header.value) for header in http.headers}
    headers |= {header.name.text: _secret(header.value) for header in http.secret_headers}
    if headers:
        keywords["headers"] = mapping(headers)
    if not isinstance(http.auth, syntax.NoAuth):
        keywords["auth"] = _auth(http.auth)
    keywords |= _inputs(http.inputs, graph)
    if http.outputs:
        keywords["outputs"] = texts(output.name.text for output in http.outputs)
    return call("step.http", constant(http.method), _text(http.url), **keywords)


def _auth(auth: syntax.OAuth | syntax.Basic | syntax.ApiKey | syntax.BearerToken) -> ast.expr:
    match auth:
        case syntax.OAuth(client_id, client_secret, url):
            return call("wf.OAuth", _text(url), _secret(client_id), _secret(client_secret))
        case syntax.Basic(username, password):
            return call("wf.Basic", _text(username), _secret(password))
        case syntax.ApiKey(key):
            return call("wf.ApiKey", _secret(key))
        case syntax.BearerToken(token):
            return call("wf.BearerToken", _secret(token))
        case _:
            assert_never(auth)


def _export(export: syntax.Export) -> ast.expr:
    keywords = {"sort_by": _text(export.sort_by)}
    if export.descending:
        keywords["descending"] = constant(True)
    if export.compression:
        keywords["compression"] = constant(True)
    return call("step.export", _text(export.schema), _text(export.table), **keywords)


def _inputs(inputs: syntax.Inputs, graph: Graph) -> dict[str, ast.expr]:
    """`env` and `secrets`; what is inherited goes before a variable of its name (spec 11 §3.2)."""
    keywords: dict[str, ast.expr] = {}
    own = {variable.name.text: _text(variable.value) for variable in inputs.env}
    inherited = {each.name.text: _inherited(each, graph) for each in inputs.inherit}
    if env := {**own, **inherited}:
        keywords["env"] = mapping(env)
    if inputs.secrets:
        keywords["secrets"] = texts(secret.text for secret in inputs.secrets)
    return keywords


def _inherited(inherited: syntax.Inherited, graph: Graph) -> ast.expr:
    exporter = graph.inherited[inherited]
    if exporter is None:
        return constant("")
    return call("step.output", constant(exporter.name.text), _text(inherited.output))


def _repository(repository: syntax.Repository) -> ast.expr:
    keywords = {"branch": _text(repository.branch)}
    if repository.token is not None:
        keywords["token"] = _text(repository.token)
    if repository.file is not None:
        keywords["file"] = _text(repository.file)
    return call("wf.Repository", _text(repository.url), **keywords)


def _lines(text: str) -> ast.expr:
    """A text that ends where its last line ends; several lines are shown as such."""
    lines = text.rstrip("\n").split("\n")
    return constant(lines[0]) if len(lines) == 1 else call("wf.lines", *map(constant, lines))


def _secret(word: syntax.Word) -> ast.expr:
    return call("step.secret", _text(word))


def _text(word: syntax.Word) -> ast.expr:
    return constant(word.text)
