"""graph.Graph -> graph.Graph: the same behaviour with fewer blocks, for `structure`.

Blocks that do nothing are passed by, and neighbouring conditions with one target are joined:

    0 choose a -> 3 else 1; 1 choose b -> 3 else 2      0 choose a or b -> 3 else 2
"""

from __future__ import annotations

from dataclasses import replace

from wfc.graph import AnyOf, Block, Choose, Condition, Exit, Goto, Graph, Resume


def simplify(graph: Graph) -> Graph:
    """An equal graph; block numbers keep their meaning, some are reached no more."""
    threaded = [_retarget(block, graph) for block in graph.blocks]
    entry = _passed_by(graph.entry, graph)
    uses = [0] * len(threaded)
    uses[entry] += 1
    flat = replace(graph, blocks=tuple(threaded), entry=entry)
    for number in range(len(threaded)):
        for target in flat.successors(number):
            uses[target] += 1
    return replace(flat, blocks=tuple(_join(block, threaded, uses) for block in threaded))


def _passed_by(block: int, graph: Graph) -> int:
    """Where control really arrives when it is sent to `block`."""
    seen = set()
    while block not in seen:
        seen.add(block)
        here = graph.blocks[block]
        if here.operations or not isinstance(here.exit, Goto):
            break
        block = here.exit.target
    return block


def _retarget(block: Block, graph: Graph) -> Block:
    exit: Exit
    match block.exit:
        case Goto(target):
            exit = Goto(_passed_by(target, graph))
        case Choose(test, then, otherwise):
            exit = Choose(test, _passed_by(then, graph), _passed_by(otherwise, graph))
        case Resume(after=after, leaves=leaves):
            moved = tuple((key, _passed_by(target, graph)) for key, target in leaves)
            exit = replace(block.exit, after=_passed_by(after, graph), leaves=moved)
        case _:
            return block
    return replace(block, exit=exit)


def _join(block: Block, blocks: list[Block], uses: list[int]) -> Block:
    """Absorbs the conditions that follow at once, have no other way in, and share the target."""
    if not isinstance(block.exit, Choose):
        return block
    choice, tests = block.exit, [block.exit.test]
    seen = {choice.otherwise}
    while uses[choice.otherwise] == 1:
        following = blocks[choice.otherwise]
        if following.operations or not isinstance(following.exit, Choose):
            break
        if following.exit.then != choice.then or following.exit.otherwise in seen:
            break
        choice = following.exit
        seen.add(choice.otherwise)
        tests.append(choice.test)
    if len(tests) == 1:
        return block
    conditions = tuple(test for test in tests if isinstance(test, Condition))
    return replace(block, exit=Choose(AnyOf(conditions), choice.then, choice.otherwise))
