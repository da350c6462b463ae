"""Checks a shot list against what there is: drawings, pictures, letters."""

import difflib

from mutoscope.core.errors import InvalidRequest
from mutoscope.core.rendering import Note
from mutoscope.storyboard.art import library
from mutoscope.storyboard.art.type import unsettable
from mutoscope.storyboard.scene import ShotList


def check_cast(shots: ShotList, *, pictures: int = 0) -> None:
    """Every drawing exists and every picture was given; InvalidRequest names the field."""
    for number, shot in enumerate(shots.shots):
        for index, subject in enumerate(shot.subjects):
            where = f"shots[{number}].subjects[{index}]"
            if subject.art is not None and subject.art not in library():
                near = difflib.get_close_matches(subject.art, library().drawings, n=1)
                hint = f"the nearest is {near[0]!r}" if near else "see the vocabulary"
                raise InvalidRequest(
                    f"{where}.art: there is no drawing {subject.art!r}; {hint}",
                    field=f"{where}.art", fix=hint,
                )  # fmt: skip
            if subject.picture is not None and subject.picture >= pictures:
                raise InvalidRequest(
                    f"{where}.picture: picture {subject.picture} was not given; {pictures} were",
                    field=f"{where}.picture",
                )


def unset_letters(shots: ShotList) -> tuple[Note, ...]:
    """A note of the letters in a shot list that the typeface lacks, if there are any."""
    lost: list[str] = []
    for shot in shots.shots:
        words = [text.words for text in shot.texts]
        words += [subject.card for subject in shot.subjects if subject.card]
        lost += filter(None, map(unsettable, words))
    letters = tuple(dict.fromkeys(lost))
    if not letters:
        return ()
    return (
        Note(
            "letters_unset", "字体里没有这些字，已略去：" + "、".join(letters),
            "The typeface lacks these letters, they are left out: " + ", ".join(letters), letters,
        ),
    )  # fmt: skip
