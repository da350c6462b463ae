"""What must not be drawn: the negative prompt read, and what belongs to each thing it names."""

from dataclasses import dataclass, field
from functools import lru_cache

from mutoscope.storyboard.art import library
from mutoscope.storyboard.art.nature import Nature
from mutoscope.storyboard.planner.lexicon import Kind, Token, tokens

GRAMMAR = frozenset({
    Kind.STOP, Kind.UNKNOWN, Kind.BREAK, Kind.JOIN, Kind.NEGATION, Kind.COUNT, Kind.CUT, Kind.NOUN,
    Kind.LETTERING, Kind.BACKDROP,
})  # fmt: skip
# What can be kept out of a picture altogether; a colour or a size can only be kept from a subject.
KEPT_OUT = frozenset({
    Kind.SUBJECT, Kind.PLACE, Kind.WEATHER, Kind.TIME, Kind.ACTION, Kind.MOOD, Kind.CAMERA,
})  # fmt: skip
# A general word names more than the drawing that stands for it.
FAMILIES = {
    "deciduous-tree": "evergreen-tree palm-tree christmas-tree tanabata-tree pine-decoration"
    " leafy-green",
    "blossom": "tulip rose sunflower hibiscus hyacinth lotus cherry-blossom bouquet white-flower",
    "seedling": "herb shamrock leafy-green potted-plant four-leaf-clover sheaf-of-rice coral",
    "full-moon": "full-moon-face crescent-moon first-quarter-moon last-quarter-moon new-moon"
    " first-quarter-moon-face last-quarter-moon-face new-moon-face waning-crescent-moon"
    " waning-gibbous-moon waxing-crescent-moon waxing-gibbous-moon",
    "sun": "sun-with-face",
    "star": "glowing-star dizzy sparkles",
    "ringed-planet": "globe-showing-asia-australia globe-showing-europe-africa"
    " globe-showing-americas",
    "globe-showing-asia-australia": "globe-showing-europe-africa globe-showing-americas",
    "office-building": "house houses house-with-garden hut church castle hotel hospital school"
    " bank factory department-store convenience-store post-office japanese-castle stadium"
    " classical-building derelict-house tokyo-tower",
    "house": "houses house-with-garden hut derelict-house",
    "automobile": "sport-utility-vehicle racing-car taxi police-car oncoming-automobile"
    " oncoming-taxi oncoming-police-car",
    "dog": "poodle dog-face guide-dog service-dog",
    "cat": "black-cat cat-face",
    "umbrella": "umbrella-on-ground umbrella-with-rain-drops closed-umbrella",
    "fallen-leaf": "maple-leaf leaf-fluttering-in-wind leafy-green",
    "man-standing": "man man-walking man-running man-dancing boy old-man",
    "woman-standing": "woman woman-walking woman-running woman-dancing girl old-woman",
    "boy": "girl child",
    "book": "open-book",
    "cloud": "sun-behind-cloud cloud-with-rain cloud-with-snow cloud-with-lightning",
}  # fmt: skip
NATURES = {
    "person-standing": frozenset({Nature.PERSON, Nature.BUST}),
    "bird": frozenset({Nature.BIRD}),
    "fish": frozenset({Nature.FISH}),
    "sailboat": frozenset({Nature.BOAT}),
    "bug": frozenset({Nature.BUG}),
}
ANIMALS = frozenset({Nature.BEAST, Nature.BIRD, Nature.BUG, Nature.FISH})
# Words too general to be drawn; to be kept out they are clear enough.
GENERAL = {
    "animal": "animals", "animals": "animals", "动物": "animals",
    "plants": "seedling", "植物": "seedling", "vegetation": "seedling", "grass": "seedling",
    "草": "seedling", "vehicle": "vehicles", "vehicles": "vehicles", "车辆": "vehicles",
    "traffic": "vehicles", "交通工具": "vehicles", "furniture": "furniture", "家具": "furniture",
    "hill": "hill", "hills": "hill", "山丘": "hill", "丘陵": "hill", "山坡": "hill",
    "wave": "water-wave", "waves": "water-wave", "波浪": "water-wave", "波涛": "water-wave",
    "海浪": "water-wave", "浪": "water-wave", "ripples": "water-wave", "波纹": "water-wave",
    "skyscraper": "office-building", "skyscrapers": "office-building", "高楼": "office-building",
    "buildings": "office-building", "建筑": "office-building", "建筑物": "office-building",
    "摩天大楼": "office-building", "楼群": "office-building", "楼房": "office-building",
    "audience": "person-standing", "观众": "person-standing", "岩石": "rock", "石头": "rock",
    "rocks": "rock", "stones": "rock", "stone": "rock",
}  # fmt: skip
FURNITURE = "couch-and-lamp chair bed television mantelpiece-clock books framed-picture"
WEATHERS = {"rain": {"storm"}, "storm": set(), "snow": {"snowy"}, "snowy": {"snow"}}
# Families are large; of what is drawn as scenery there is never more than this in one.
SCENERY = frozenset({Nature.PLANT, Nature.HEAVENLY, Nature.BUILDING, Nature.THING,
                     Nature.DRIFTER, Nature.BALL})  # fmt: skip


@dataclass
class Refusals:
    """What a negative prompt names: the senses refused, its words, and those nobody can honour."""

    senses: set[tuple[Kind, str]] = field(default_factory=set)
    scenery: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    wants_no_type: bool = False

    def add(self, kind: Kind, value: str) -> None:
        """Refuse a sense, and what goes with it."""
        self.senses.add((kind, value))
        if kind is Kind.SUBJECT:
            members = family(value)
            self.senses |= {(Kind.SUBJECT, name) for name in members}
            self.scenery |= {name for name in members if _is_scenery(name)} | {value}
            if value == "cloud":
                self.senses.add((Kind.WEATHER, "cloudy"))
        elif kind is Kind.WEATHER:
            self.senses |= {(kind, other) for other in WEATHERS.get(value, ())}
            if value == "cloudy":
                self.add(Kind.SUBJECT, "cloud")
            if value in {"snow", "snowy"}:
                self.senses.add((Kind.PLACE, "snowfield"))
                self.scenery |= {"snow-capped-mountain", "snowflake"}
            if value == "petals":
                self.add(Kind.SUBJECT, "cherry-blossom")
        elif kind is Kind.PLACE and value == "mountains":
            self.add(Kind.SUBJECT, "mountain")
            self.scenery |= {"snow-capped-mountain", "mount-fuji"}


def refusals(negative: str) -> Refusals:
    """What a negative prompt names; its commas and numbers name nothing."""
    result = Refusals()
    for token in tokens(negative):
        _refuse(token, result)
    result.words = list(dict.fromkeys(result.words))
    result.beyond = list(dict.fromkeys(result.beyond))
    return result


def _refuse(token: Token, result: Refusals) -> None:
    general = GENERAL.get(token.text.lower())
    if general is not None:
        result.words.append(token.text)
        result.add(Kind.SUBJECT, general)
    elif token.kind in KEPT_OUT:
        result.words.append(token.text)
        result.add(token.kind, token.value)
    elif token.kind is Kind.LETTERING:
        result.wants_no_type = True
    elif token.kind is Kind.UNKNOWN:
        result.beyond.append(token.text)
    elif token.kind not in GRAMMAR:
        result.senses.add((token.kind, token.value))
        result.beyond.append(token.text)


@lru_cache(maxsize=256)
def family(name: str) -> frozenset[str]:
    """The drawings that a word for this one names, itself among them."""
    members = {name, *FAMILIES.get(name, "").split()}
    natures = NATURES.get(name, frozenset())
    if name == "animals":
        natures = ANIMALS
    if name == "vehicles":
        natures = frozenset({Nature.WHEELS, Nature.BOAT, Nature.AIRCRAFT})
    if name == "furniture":
        members |= set(FURNITURE.split())
    for drawing in library().drawings.values():
        is_animal_head = name == "animals" and drawing.subgroup.startswith("animal-")
        is_person = name == "person-standing" and drawing.subgroup.startswith("person")
        if drawing.nature in natures or is_animal_head or is_person:
            members.add(drawing.name)
    return frozenset(members)


def _is_scenery(name: str) -> bool:
    return name in library() and library()[name].nature in SCENERY
