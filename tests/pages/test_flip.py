"""Flips on the Brainstorm page: the worst idea is seen while it comes, and stays on the card as the lens."""

from tests.pages.conftest import texts


def test_a_card_shows_the_worst_idea_and_then_what_it_became(open_page, desk):
    board = desk.store.create_board("How might we bring people into the library on weekday evenings?")
    desk.engine.hold_after = 3
    app = open_page("brainstorm", board=board.id)
    app.get_by_key("brainstorm_lenses").set_value(["flip"]).run()
    app.get_by_key("brainstorm_n").set_value(2).run()
    app.button(key="brainstorm_go").click().run()
    run = desk.runs()[0]
    while run.view().items[0].draft != "and on Fridays":
        run.wait(0.1)
    app.run()
    assert "the worst idea first" in texts(app) and "and on Fridays" in texts(app)
    assert app.progress[0].text.startswith("0 of 2")
    app.button(key=f"stop_{run.id}").click().run()
    run.wait(120)
    desk.engine.hold_after = None
    app.run()
    assert desk.store.list_ideas(board.id) == []
    app.button(key=f"continue_{run.id}").click().run()
    again = desk.runs()[0]
    again.wait(120)
    app.run()
    lenses = {idea.lens for idea in desk.store.list_ideas(board.id)}
    assert lenses == {"flip: and on Fridays too", "flip: make it worse on purpose"}  # the second says the same
    assert "and on Fridays too" in texts(app) and "Worse on purpose" in texts(app)
