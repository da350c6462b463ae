"""What a drawing is by nature: how it moves by itself, where it belongs, how large it is."""

from enum import StrEnum
from types import MappingProxyType


class Nature(StrEnum):
    """How something moves when nobody says."""

    BEAST = "beast"
    BIRD = "bird"
    BUG = "bug"
    FISH = "fish"
    PERSON = "person"
    BUST = "bust"
    HEAD = "head"
    WHEELS = "wheels"
    BOAT = "boat"
    AIRCRAFT = "aircraft"
    ROCKET = "rocket"
    PLANT = "plant"
    BUILDING = "building"
    HEAVENLY = "heavenly"
    DRIFTER = "drifter"
    BALL = "ball"
    THING = "thing"


class Facing(StrEnum):
    """Which way a drawing looks."""

    LEFT = "left"
    RIGHT = "right"
    FRONT = "front"


BY_SUBGROUP = MappingProxyType({
    "animal-mammal": Nature.BEAST, "animal-reptile": Nature.BEAST, "animal-bird": Nature.BIRD,
    "animal-amphibian": Nature.HEAD, "animal-bug": Nature.BUG, "animal-marine": Nature.FISH,
    "person": Nature.HEAD, "person-role": Nature.BUST, "person-fantasy": Nature.BUST,
    "person-activity": Nature.PERSON, "person-sport": Nature.PERSON,
    "person-resting": Nature.PERSON, "transport-ground": Nature.WHEELS,
    "transport-water": Nature.BOAT, "transport-air": Nature.AIRCRAFT,
    "place-building": Nature.BUILDING, "place-religious": Nature.BUILDING,
    "place-other": Nature.BUILDING, "place-geographic": Nature.BUILDING,
    "plant-flower": Nature.PLANT, "plant-other": Nature.PLANT, "sky-weather": Nature.HEAVENLY,
    "face-costume": Nature.HEAD, "face-smiling": Nature.HEAD, "face-hat": Nature.HEAD,
    "face-glasses": Nature.HEAD, "face-concerned": Nature.HEAD, "face-affection": Nature.HEAD,
    "face-negative": Nature.HEAD, "face-sleepy": Nature.HEAD, "face-hand": Nature.HEAD,
    "monkey-face": Nature.HEAD, "emotion": Nature.DRIFTER, "heart": Nature.DRIFTER,
})  # fmt: skip


def _named(nature: Nature, names: str) -> dict[str, Nature]:
    return dict.fromkeys(names.split(), nature)


BY_NAME = MappingProxyType(
    _named(Nature.HEAD, """
        monkey-face dog-face wolf fox raccoon cat-face lion tiger-face horse-face moose unicorn
        cow-face pig-face boar mouse-face hamster rabbit-face bear polar-bear koala panda
        dragon-face frog chicken ghost alien alien-monster robot hatching-chick""")
    | _named(Nature.BEAST, """
        penguin turkey rooster peacock flamingo dodo snail caterpillar bug ant spider scorpion crab
        worm beetle turtle lady-beetle
        cricket cockroach baby-chick front-facing-baby-chick dragon""")
    | _named(Nature.BIRD, "bat")
    | _named(Nature.BUG, "butterfly honeybee mosquito fly fairy")
    | _named(Nature.FISH, "mermaid merman person-swimming lobster")
    | _named(Nature.PLANT, "coral potted-plant christmas-tree tanabata-tree pine-decoration")
    | _named(Nature.BOAT, "duck swan goose person-rowing-boat person-surfing woman-surfing")
    | _named(Nature.ROCKET, "rocket")
    | _named(Nature.DRIFTER, """
        parachute balloon kite feather leaf-fluttering-in-wind maple-leaf fallen-leaf
        bubbles
        flying-saucer satellite flying-disc red-paper-lantern snowflake money-with-wings
        carp-streamer cherry-blossom white-flower angel genie jellyfish ghost fireworks sparkles""")
    | _named(Nature.BALL, """
        soccer-ball baseball softball basketball volleyball tennis bowling pool-8-ball yo-yo
        mirror-ball tangerine red-apple green-apple coconut peach""")
    | _named(Nature.THING, """
        fire droplet umbrella closed-umbrella umbrella-on-ground high-voltage thermometer snowman
        snowman-without-snow anchor ring-buoy fuel-pump wheel police-car-light
        horizontal-traffic-light vertical-traffic-light stop-sign construction oil-drum bus-stop
        rock wood brick seat luggage paw-prints spiral-shell oyster wing egg water-wave
        umbrella-with-rain-drops barber-pole footprints kick-scooter skateboard roller-skate""")
    | _named(Nature.PERSON, "fairy person-standing man-standing woman-standing")
    | _named(Nature.BUG, "fairy")
    | _named(Nature.HEAD, "santa-claus mrs-claus baby-angel")
    | _named(Nature.DRIFTER, "baby-angel")
)  # fmt: skip

FACES_LEFT = frozenset({
    Nature.BEAST, Nature.BIRD, Nature.BUG, Nature.FISH, Nature.WHEELS, Nature.BOAT, Nature.AIRCRAFT,
})  # fmt: skip
FACES_FRONT = frozenset({
    "butterfly", "lady-beetle", "spider", "crab", "lobster", "octopus", "squid", "jellyfish",
    "scorpion", "turtle-front", "owl", "peacock", "front-facing-baby-chick", "oncoming-bus",
    "oncoming-police-car", "oncoming-taxi", "oncoming-automobile", "train", "tram", "station",
    "penguin", "fly", "beetle", "cockroach", "orangutan", "mermaid", "merman",
    "mountain-cableway", "aerial-tramway", "suspension-railway", "motorway", "bubbles", "coral",
    "spiral-shell", "oyster", "sloth", "ship-front", "turkey", "fairy",
})  # fmt: skip
FACES_RIGHT = frozenset({"running-shoe", "hiking-boot"})
SIDEWAYS = frozenset({
    "person-walking", "man-walking", "woman-walking", "person-running", "man-running",
    "woman-running", "person-biking", "person-bouncing-ball", "horse-racing", "skier",
    "person-swimming", "horse-face", "unicorn", "boar", "moose", "person-surfing",
    "woman-surfing", "person-rowing-boat", "turtle", "fencing", "person-fencing",
    "high-heeled-shoe", "man-s-shoe", "mans-shoe", "flat-shoe", "womans-sandal", "kick-scooter",
    "skateboard", "roller-skate", "manual-wheelchair", "motorized-wheelchair", "whale",
    "spouting-whale",
})  # fmt: skip
HEADINGS = MappingProxyType({
    "airplane": 50.0, "small-airplane": 45.0, "rocket": 50.0, "airplane-departure": 25.0,
    "comet": 215.0, "shooting-star": 215.0,
})  # fmt: skip

# How tall something is beside a grown person, loosely: for scenes with several subjects.
STATURE = MappingProxyType({
    Nature.BEAST: 0.85, Nature.BIRD: 0.6, Nature.BUG: 0.45, Nature.FISH: 0.7, Nature.PERSON: 1.1,
    Nature.BUST: 0.95, Nature.HEAD: 0.75, Nature.WHEELS: 1.0, Nature.BOAT: 1.05,
    Nature.AIRCRAFT: 1.0, Nature.ROCKET: 1.1, Nature.PLANT: 1.0, Nature.BUILDING: 1.5,
    Nature.HEAVENLY: 0.8, Nature.DRIFTER: 0.75, Nature.BALL: 0.55, Nature.THING: 0.75,
})  # fmt: skip
STATURE_BY_NAME = MappingProxyType({
    "elephant": 1.4, "mammoth": 1.4, "giraffe": 1.5, "whale": 1.4, "spouting-whale": 1.4,
    "t-rex": 1.5, "sauropod": 1.6, "dragon": 1.4, "mouse": 0.5, "rat": 0.5, "hedgehog": 0.5,
    "hamster": 0.55, "turtle": 0.5,
    "cat": 0.7, "black-cat": 0.7, "dog": 0.75, "rabbit": 0.6, "horse": 1.1,
    "baby-chick": 0.45, "front-facing-baby-chick": 0.45, "ant": 0.35, "snail": 0.45,
    "tropical-fish": 0.55, "fish": 0.55, "shark": 1.1, "dolphin": 1.0, "bus": 1.25,
    "articulated-lorry": 1.3, "locomotive": 1.35, "ship": 1.4, "passenger-ship": 1.4, "ferry": 1.4,
    "couch-and-lamp": 1.3, "bed": 1.2,
    "sun": 0.9, "star": 0.5, "airplane": 1.2, "fairy": 0.7, "eagle": 0.9,
})  # fmt: skip


def nature_of(name: str, subgroup: str, group: int | None) -> Nature:
    """The nature of a drawing, from its name or from the kind of emoji it is."""
    if name in BY_NAME:
        return BY_NAME[name]
    del group
    return BY_SUBGROUP.get(subgroup, Nature.THING)


def facing_of(name: str, nature: Nature) -> Facing:
    """Which way a drawing looks: nearly all Fluent animals and vehicles look left."""
    if name in FACES_RIGHT or name in HEADINGS:
        return Facing.RIGHT
    if name in FACES_FRONT:
        return Facing.FRONT
    if name in SIDEWAYS or nature in FACES_LEFT:
        return Facing.LEFT
    return Facing.FRONT


def heading_of(name: str, nature: Nature) -> float:
    """Which way its nose points; 0 is right, 180 left, 90 up."""
    if name in HEADINGS:
        return HEADINGS[name]
    return 180.0 if facing_of(name, nature) is Facing.LEFT else 0.0


def stature(name: str, nature: Nature) -> float:
    """How tall it is beside the others."""
    return STATURE_BY_NAME.get(name, STATURE[nature])
