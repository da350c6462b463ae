"""A picture that somebody gave takes the part of the thing that the words name."""

from mutoscope.storyboard.planner import plan
from mutoscope.storyboard.scene import Action, Place, Subject


def cast(prompt: str, *, pictures: int = 1) -> tuple[Subject, ...]:
    return plan(prompt, seconds=5.0, pictures=pictures).shots.shots[0].subjects


def test_words_that_name_the_picture_draw_no_second_one() -> None:
    for prompt in ("the coffee turns, slow zoom in", "一杯咖啡旋转"):
        [product] = cast(prompt)
        assert (product.picture, product.art, product.action) == (0, None, Action.SPIN)
    assert plan("the coffee turns", seconds=5.0, pictures=1).shots.shots[0].place is Place.STUDIO


def test_what_stands_beside_the_product_is_drawn() -> None:
    product, cat = cast("a cat next to the product")
    assert (product.picture, cat.picture) == (0, None)
    assert cat.art is not None


def test_each_picture_takes_the_part_of_one_thing() -> None:
    first, second = cast("a cat chases a dog", pictures=2)
    assert (first.picture, second.picture) == (0, 1)
    assert first.art is None
    assert second.art is None


def test_where_more_is_named_than_given_all_of_it_is_drawn() -> None:
    assert len(cast("a cat and a dog play")) == 3
