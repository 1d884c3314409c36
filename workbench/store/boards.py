"""Boards: a question with its ideas."""

from workbench.errors import InputError
from workbench.records import Board
from workbench.store.connection import Connection, Row, clean, insert, now, require, select


class Boards(Connection):
    """Reads and writes of boards."""

    def create_board(self, question: str, *, context: str = "", constraints: str = "") -> Board:
        """Add a board. Raises InputError for an empty question."""
        row = {"question": _question(question), "context": clean(context), "constraints": clean(constraints)}
        with self._writing() as db:
            return board_of(require(db, "boards", insert(db, "boards", row | {"created": now()}), "board"))

    def board(self, board_id: int) -> Board:
        """Return one board. Raises NotFound."""
        with self._reading() as db:
            return board_of(require(db, "boards", board_id, "board"))

    def list_boards(self, *, archived: bool = False) -> list[Board]:
        """Return the boards newest first, or the archived ones."""
        with self._reading() as db:
            found = select(db, "select * from boards where archived = ? order by id desc", [archived])
            return [board_of(row) for row in found]

    def update_board(
        self, board_id: int, *, question: str | None = None, context: str | None = None, constraints: str | None = None
    ) -> Board:
        """Change what is given of a board's words."""
        given = {"question": question if question is None else _question(question)}
        given |= {"context": context, "constraints": constraints}
        return self._update_board(board_id, {name: clean(text) for name, text in given.items() if text is not None})

    def archive_board(self, board_id: int, archived: bool = True) -> Board:
        """Take a board off the list, or put it back."""
        return self._update_board(board_id, {"archived": int(archived)})

    def _update_board(self, board_id: int, changes: Row) -> Board:
        with self._writing() as db:
            require(db, "boards", board_id, "board")
            db.table("boards").update(board_id, changes)
            return board_of(require(db, "boards", board_id, "board"))


def board_of(row: Row) -> Board:
    """Return a table row as a Board."""
    return Board(**row | {"archived": bool(row["archived"])})


def _question(text: str) -> str:
    question = clean(text).strip()
    if not question:
        raise InputError("A board needs a question. Write down what you want ideas for.")
    return question
