"""Which row goes into which split: by count or share, seeded, rows of one group always together."""

from random import Random

from workbench.errors import InputError

NAMES = ("train", "validation", "test")


def assign(groups: list[str], sizes: dict[str, float], seed: int) -> dict[str, list[int]]:
    """Return the row numbers of each split, shuffled.

    `groups[i]` is the group of row i; rows of one group stay together. `sizes`: counts, or shares below 1; a split
    without a size takes what is left. Raises InputError for an empty split or counts beyond the rows there are.
    """
    n = len(groups)
    wanted = {name: _count(sizes[name], n) for name in NAMES if sizes.get(name) is not None}
    if sum(wanted.values()) > n:
        raise InputError(
            f"The splits ask for {sum(wanted.values()):,} rows, {n:,} are left after the filters. Ask for fewer."
        )
    open_ended = [name for name in NAMES if name in sizes and sizes[name] is None]
    if len(open_ended) > 1:
        raise InputError(f"Only one split can take what is left, not {' and '.join(open_ended)}. Give one a size.")
    members: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(number)
    order = list(members)
    Random(seed).shuffle(order)
    found: dict[str, list[int]] = {name: [] for name in NAMES if name in sizes}
    # The small splits first: a group that does not fit goes to the next, so that none is overfull.
    for name in sorted(wanted, key=lambda name: wanted[name]):
        left = []
        for group in order:
            fits = len(found[name]) + len(members[group]) <= wanted[name]
            (found[name].extend(members[group]) if fits else left.append(group))
        order = left
    for name in open_ended:
        found[name] = [number for group in order for number in members[group]]
    for name, numbers in found.items():
        if not numbers:
            raise InputError(f"The split {name} would be empty: {n:,} rows are left. Ask for other sizes or more data.")
        Random(f"{seed}-{name}").shuffle(numbers)
    return found


def _count(size: float, n: int) -> int:
    if size <= 0:
        raise InputError(f"A split of {size} rows cannot be made. Give a count, or a share below 1.")
    return round(size * n) if size < 1 else int(size)
